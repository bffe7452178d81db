#include "agent/input_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "probes/log/detect.h"

namespace vitals {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

Error CannotRead(const std::string& name) {
  return {"cannot be read: " + std::generic_category().message(errno), name,
          "name a readable file, or '-' for the standard input"};
}

// Bytes read until the block is full or the file ends.
Result<std::size_t> ReadBlock(const InputFile& input, char* to) {
  std::size_t got = 0;
  while (got < kBlock) {
    const ssize_t count = ::read(input.fd.get(), to + got, kBlock - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(CannotRead(input.name));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

}  // namespace

tl::expected<std::vector<InputFile>, Errors> OpenInputs(const std::vector<std::string>& files) {
  std::vector<InputFile> inputs;
  Errors errors;
  for (const std::string& file : files) {
    Fd fd(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    char none;
    if (!fd || ::read(fd.get(), &none, 0) < 0) {
      errors.push_back(CannotRead(file));
    } else {
      inputs.push_back({file, std::move(fd)});
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return inputs;
}

Result<std::string_view> PeekInput(InputFile& input) {
  if (input.head.empty()) {
    input.head.resize(kBlock);
    const auto got = ReadBlock(input, input.head.data());
    input.head.resize(got.value_or(0));
    if (!got) return tl::unexpected(got.error());
  }
  return std::string_view(input.head);
}

tl::expected<ProfileChosen, Errors> ChooseProfile(const Profiles& profiles,
                                                  std::vector<InputFile>& inputs) {
  if (profiles.size() == 1) return ProfileChosen{profiles.front(), 1.0};
  const Detector detector(profiles);
  for (InputFile& input : inputs) {
    const auto head = PeekInput(input);
    if (!head) return tl::unexpected(Errors{head.error()});
    if (auto chosen = detector.Choose(*head)) {
      return ProfileChosen{WithRules(chosen->profile), chosen->confidence};
    }
  }
  return tl::unexpected(Errors{{"no shipped profile knows these lines", inputs.front().name,
                                "name the profile instead of 'auto'"}});
}

Result<void> ReadInput(InputFile& input, const std::function<void(std::string_view)>& take) {
  take(std::exchange(input.head, {}));
  std::string block(kBlock, '\0');
  for (;;) {
    const auto got = ReadBlock(input, block.data());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return {};
    take({block.data(), *got});
  }
}

}  // namespace vitals
