// The contract of a source of evidence.
//
// A Probe owns one thread of its own, made by Start and joined by Stop; between them it puts
// evidence into the sink it was made with, promises its next turn for each turn of its loop, and
// touches nothing else. Start and Stop are called once each, from one thread. Stop returns within 1
// s whatever the broker does: every step of a probe, clean-up too, has a deadline.
#pragma once

namespace vitals {

class Probe {
 public:
  virtual ~Probe() = default;
  virtual void Start() = 0;
  virtual void Stop() = 0;
};

}  // namespace vitals
