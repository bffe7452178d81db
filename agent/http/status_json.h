// The body of /api/v1/status (docs/http.md): the snapshot as JSON (RFC 8259). Bytes that are no
// UTF-8 become U+FFFD, since messages may quote a broker. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/snapshot.h"

namespace vitals {

// `snapshot` is null while nothing is known yet.
std::string StatusJson(const Snapshot* snapshot, std::string_view version);

}  // namespace vitals
