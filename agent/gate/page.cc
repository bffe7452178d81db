#include "agent/gate/page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace vitals {
namespace {

constexpr std::array<char, 32> kBuild{"mqtt-vitals " VITALS_VERSION};

void* Map(int fd) {
  return ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

tl::unexpected<Error> CannotShare(int cause) {
  return Fail(std::string("no memory to share between gate and worker: ") + std::strerror(cause),
              "memfd_create", "raise the memory limit of the container");
}

}  // namespace

Result<PageMapping> PageMapping::Create(const GateOrders& orders) {
  Fd fd(::memfd_create("mqtt-vitals page", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ::ftruncate(fd.get(), sizeof(Page)) != 0) return CannotShare(errno);
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return CannotShare(errno);
  }
  void* memory = Map(fd.get());
  if (memory == MAP_FAILED) return CannotShare(errno);
  Page* page = new (memory) Page;
  page->build = kBuild;
  page->orders = orders;
  return PageMapping(std::move(fd), page);
}

Result<PageMapping> PageMapping::Open(int fd) {
  const std::string remedy = "start it with 'mqtt-vitals run'";
  struct stat status{};
  if (::fstat(fd, &status) != 0 || status.st_size != sizeof(Page)) {
    return Fail("no page of a launcher at descriptor " + std::to_string(fd), "", remedy);
  }
  Fd own(fd);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  void* memory = Map(fd);
  if (memory == MAP_FAILED) return CannotShare(errno);
  PageMapping mapping(std::move(own), static_cast<Page*>(memory));
  if (mapping->build != kBuild) {
    return Fail("the page is of another build", "", "install both programs of one build");
  }
  return mapping;
}

PageMapping::PageMapping(PageMapping&& other) noexcept
    : fd_(std::move(other.fd_)), page_(std::exchange(other.page_, nullptr)) {}

PageMapping::~PageMapping() {
  if (page_ != nullptr) ::munmap(page_, sizeof(Page));
}

}  // namespace vitals
