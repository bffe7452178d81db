// The files that a command reads from start to end: logs of a broker, recordings. They are opened
// before any of them is read, so that every mistake is reported at once.
//
// Owned by the command, one thread. Memory is bounded: a block, and what it took to tell which
// broker's log this is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/profile_store.h"
#include "agent/core/evidence.h"
#include "agent/core/fd.h"
#include "agent/core/result.h"

namespace vitals {

struct InputFile {
  std::string name;
  Fd fd;
  std::string head{};  // what was read of it already
};

// "-" is the standard input.
tl::expected<std::vector<InputFile>, Errors> OpenInputs(const std::vector<std::string>& files);

// Which of the profiles the files are of; reads the heads of as many as it takes.
tl::expected<ProfileChosen, Errors> ChooseProfile(const Profiles& profiles,
                                                  std::vector<InputFile>& inputs);

// The first bytes of the file; reading it gives them once more.
Result<std::string_view> PeekInput(InputFile& input);

// All of the file, block by block.
Result<void> ReadInput(InputFile& input, const std::function<void(std::string_view)>& take);

}  // namespace vitals
