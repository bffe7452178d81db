// SharedText: bytes of a bounded length in memory that two processes share, under a sequence lock:
// the writer never waits, the reader never sees half of one text and half of another.
//
// One writer at a time, any number of readers. A writer that dies in the middle of a Write leaves
// the text unreadable until the next Write, whoever does it; readers keep what they read before.
// No fences: every word is atomic, so ThreadSanitizer can follow (H. Boehm, "Can Seqlocks Get Along
// With Programming Language Memory Models?", MSPC 2012, the variant with ordered accesses).
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace vitals {

template <std::size_t N>
class SharedText {
  using Word = std::uint64_t;
  static_assert(N % sizeof(Word) == 0);
  static_assert(std::atomic<Word>::is_always_lock_free, "a lock would live in one process only");

 public:
  static constexpr std::size_t kMax = N;

  // False, and nothing is changed, if the text is too long.
  bool Write(std::string_view text) {
    if (text.size() > N) return false;
    // An odd number is left behind by a writer that died: start over from there.
    const Word writing = sequence_.load(std::memory_order_relaxed) | 1;
    sequence_.store(writing, std::memory_order_relaxed);
    size_.store(text.size(), std::memory_order_release);
    for (std::size_t at = 0; at < text.size(); at += sizeof(Word)) {
      Word word = 0;
      std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
      words_[at / sizeof word].store(word, std::memory_order_release);
    }
    sequence_.store(writing + 1, std::memory_order_release);
    return true;
  }

  // Grows with each Write; 0 = nothing was ever written.
  std::uint64_t version() const { return sequence_.load(std::memory_order_acquire); }

  // The text, in `room`; nothing while it is being written.
  std::optional<std::string_view> Read(std::span<char, N> room) const {
    constexpr int kTries = 16;
    for (int i = 0; i < kTries; ++i) {
      const Word before = sequence_.load(std::memory_order_acquire);
      const Word size = size_.load(std::memory_order_acquire);
      if (before % 2 != 0 || size > N) continue;
      for (std::size_t at = 0; at < size; at += sizeof(Word)) {
        const Word word = words_[at / sizeof(Word)].load(std::memory_order_acquire);
        std::memcpy(room.data() + at, &word, std::min(sizeof word, size - at));
      }
      // An acquire above that saw a word of a newer Write also sees its odd number here.
      if (sequence_.load(std::memory_order_relaxed) == before) {
        return std::string_view(room.data(), size);
      }
    }
    return std::nullopt;
  }

 private:
  std::atomic<Word> sequence_{0};
  std::atomic<Word> size_{0};
  std::array<std::atomic<Word>, N / sizeof(Word)> words_{};
};

}  // namespace vitals
