// TlsContext: what all TLS connections to one endpoint share: the CAs that the agent trusts and its
// own certificate and key, read from their files, and read anew when a file was replaced
// (Kubernetes renews mounted secrets).
//
// Belongs to one ListenerEndpoint and its thread. Reading takes milliseconds and happens when a
// file has changed only. Failures are the agent's own: nothing was sent.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "agent/core/failure.h"
#include "agent/core/settings.h"

struct ssl_ctx_st;

namespace vitals::mqtt {

class TlsContext {
 public:
  // `settings` must outlive it.
  explicit TlsContext(const TlsSettings& settings) : settings_(settings) {}

  // Valid until the next call.
  tl::expected<ssl_ctx_st*, Failure> Get();

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  using Handle = std::unique_ptr<ssl_ctx_st, Free>;
  // What tells that a file is another one now; zero for no file.
  struct FileStamp {
    std::uint64_t inode = 0;
    std::int64_t changed_s = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const FileStamp&) const = default;
  };
  using Stamps = std::array<FileStamp, 3>;

  static FileStamp StampOf(const std::string& path);
  tl::expected<Handle, Failure> Read() const;

  const TlsSettings& settings_;
  Stamps stamps_{};
  Handle handle_;
};

}  // namespace vitals::mqtt
