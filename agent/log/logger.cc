#include "agent/log/logger.h"

#include <pthread.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "agent/core/wall_text.h"
#include "agent/log/fd_sink.h"

namespace vitals {
namespace {

constexpr Duration kFinishTime = std::chrono::milliseconds(500);

void Put(nlohmann::ordered_json& object, const Fields& fields);

template <typename T>
nlohmann::ordered_json ToJson(const T& value) {
  return value;
}

nlohmann::ordered_json ToJson(const std::vector<FieldGroup>& groups) {
  auto list = nlohmann::ordered_json::array();
  for (const FieldGroup& group : groups) Put(list.emplace_back(), group.fields);
  return list;
}

void Put(nlohmann::ordered_json& object, const Fields& fields) {
  for (const auto& [key, value] : fields) {
    std::visit([&](const auto& v) { object[std::string(key)] = ToJson(v); }, value);
  }
}

}  // namespace

std::string LogLine(WallTime at, LogLevel level, std::string_view text, const Fields& fields) {
  nlohmann::ordered_json line{{"ts", WallText(at)}, {"level", Name(level)}, {"msg", text}};
  Put(line, fields);
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

struct Logger::Impl {
  explicit Impl(int fd)
      : sink(std::make_shared<FdSink>(fd)),
        pool(std::make_shared<spdlog::details::thread_pool>(
            kPlaces, 1, [] { pthread_setname_np(pthread_self(), "stdout"); })),
        queue(std::make_shared<spdlog::async_logger>(
            "agent", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    queue->set_level(spdlog::level::trace);               // levels are our own
    queue->set_error_handler([](const std::string&) {});  // a line after Stop: nothing to say
  }

  std::shared_ptr<FdSink> sink;
  mutable std::mutex mutex;
  std::shared_ptr<spdlog::details::thread_pool> pool;  // under mutex; null after Stop
  std::uint64_t overrun = 0;                           // under mutex; the pool's count at its end
  std::shared_ptr<spdlog::async_logger> queue;
};

Logger::Logger(LogLevel level, int fd, const Clock& clock)
    : level_(level), clock_(clock), impl_(std::make_unique<Impl>(fd)) {}

Logger::~Logger() { Stop(); }

void Logger::Write(LogLevel level, std::string_view text, const Fields& fields) {
  if (level < level_) return;
  const std::string line = LogLine(clock_.Wall(), level, text, fields);
  try {
    impl_->queue->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (const spdlog::spdlog_ex&) {
    // After Stop there is nobody to write it.
  }
}

std::uint64_t Logger::dropped() const {
  const std::lock_guard lock(impl_->mutex);
  const auto overrun = impl_->pool ? impl_->pool->overrun_counter() : impl_->overrun;
  return overrun + impl_->sink->dropped();
}

void Logger::Stop() {
  impl_->sink->Finish(kFinishTime);
  std::shared_ptr<spdlog::details::thread_pool> ending;
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->pool) return;
    impl_->overrun = impl_->pool->overrun_counter();
    ending = std::move(impl_->pool);
  }
  ending.reset();  // joins the thread, which writes what is queued before it ends
}

}  // namespace vitals
