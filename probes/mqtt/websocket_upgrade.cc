#include "probes/mqtt/websocket_upgrade.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "probes/mqtt/connack.h"

namespace vitals::mqtt {
namespace {

// Every server joins this to the key, RFC 6455 section 1.3.
constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kNoMore = "\r\n";

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

bool SameWord(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// Whether a comma-separated list holds the word.
bool Lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (SameWord(Trim(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

struct Head {
  std::string_view upgrade, connection, accept, protocol, extensions;
};

// `lines` are the header lines, each with its CR LF.
Head ParseHead(std::string_view lines) {
  Head head;
  const std::array<std::pair<std::string_view, std::string_view*>, 5> wanted{
      {{"Upgrade", &head.upgrade},
       {"Connection", &head.connection},
       {"Sec-WebSocket-Accept", &head.accept},
       {"Sec-WebSocket-Protocol", &head.protocol},
       {"Sec-WebSocket-Extensions", &head.extensions}}};
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find(kNoMore), lines.size());
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(':');
    for (const auto& [name, value] : wanted) {
      if (colon != std::string_view::npos && SameWord(line.substr(0, colon), name)) {
        *value = Trim(line.substr(colon + 1));
      }
    }
    lines.remove_prefix(std::min(end + kNoMore.size(), lines.size()));
  }
  return head;
}

}  // namespace

std::string EncodeKey(std::string_view sixteen_bytes) { return Base64(sixteen_bytes); }

std::string AcceptOf(std::string_view key) {
  const std::string joined = std::string(key).append(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  ::EVP_Digest(joined.data(), joined.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
  return Base64({reinterpret_cast<const char*>(digest.data()), size});
}

std::string EncodeUpgrade(std::string_view host, std::string_view path, std::string_view key) {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  request.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ")
      .append(key);
  return request + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
}

UpgradeReply::State UpgradeReply::Invalid(std::string detail) {
  buffer_.clear();
  detail_ = std::move(detail);
  return state_ = State::kInvalid;
}

UpgradeReply::State UpgradeReply::Feed(std::string_view bytes) {
  if (state_ != State::kNeedMore) return state_;
  buffer_.append(bytes);
  constexpr std::string_view kHttp = "HTTP/1.";
  const std::size_t known = std::min(buffer_.size(), kHttp.size());
  if (buffer_.compare(0, known, kHttp.substr(0, known)) != 0)
    return Invalid("the answer is no HTTP");
  const std::size_t end = buffer_.find(kEndOfHead);
  if (std::min(end, buffer_.size()) > kMaximumHead) return Invalid("the answer's head is too long");
  if (end == std::string::npos) return state_;
  state_ = Judge(std::string_view(buffer_).substr(0, end + kNoMore.size()));
  if (state_ == State::kAccepted) buffer_.erase(0, end + kEndOfHead.size());
  return state_;
}

UpgradeReply::State UpgradeReply::Judge(std::string_view head) {
  const std::size_t end = head.find(kNoMore);
  const std::string_view status = head.substr(0, end);
  if (status != "HTTP/1.1 101" && !status.starts_with("HTTP/1.1 101 ")) {
    detail_ = Printable(status);
    return State::kStatus;
  }
  const Head found = ParseHead(head.substr(end + kNoMore.size()));
  if (!Lists(found.upgrade, "websocket") || !Lists(found.connection, "upgrade")) {
    return Invalid("101 without an upgrade to websocket");
  }
  if (found.accept != accept_) return Invalid("wrong Sec-WebSocket-Accept");
  if (found.protocol != "mqtt") return Invalid("the subprotocol is not mqtt");
  if (!found.extensions.empty()) return Invalid("an extension that nobody asked for");
  return State::kAccepted;
}

std::string UpgradeReply::TakeRest() { return std::exchange(buffer_, {}); }

}  // namespace vitals::mqtt
