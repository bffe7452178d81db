// Bystanders: what the other clients of the broker say about a silence of ours. One that was served
// well into the silence, and lately, proves that the broker lives: it lacks descriptors, or has
// lost the thread that lets clients in. Pure functions of the state.
#pragma once

#include "agent/judge/state.h"

namespace vitals {

enum class Others {
  kUnknown,  // no fresh look, or one that was denied or cut short
  kSilent,   // none of them was served
  kServed,
};

// Whether the broker has taken bytes of another client since `silence` began, within `window`.
Others OthersAreRead(const State& state, Duration silence, Duration window);
// Whether it has sent bytes to one.
Others OthersAreAnswered(const State& state, Duration silence, Duration window);

}  // namespace vitals
