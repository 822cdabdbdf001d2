#include "disk_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::simulation {
namespace {

// Locks and shared memory of one database file, as the processes of one machine share them.
struct Shared {
  int readers = 0;  // handles with SQLITE_LOCK_SHARED or more
  bool is_reserved = false;
  bool is_pending = false;
  bool is_exclusive = false;
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, SQLITE_SHM_NLOCK> slots{};  // -1: exclusive, else the number of sharers
};

struct World {
  Disk* disk = nullptr;
  Chance* chance = nullptr;
  std::map<std::string, std::shared_ptr<Shared>> shared;
};
World world;

struct Handle {
  sqlite3_file base;  // must be first
  std::string name;
  std::shared_ptr<Disk::File> file;
  std::shared_ptr<Shared> shared;
  Disk* disk = nullptr;  // null: a temporary file
  std::uint64_t generation = 0;
  int lock = SQLITE_LOCK_NONE;
  std::array<int, SQLITE_SHM_NLOCK> held{};  // SQLITE_SHM_SHARED, SQLITE_SHM_EXCLUSIVE or 0

  bool is_dead() const {
    return disk != nullptr && (disk->stopped() || disk->generation() != generation);
  }
};

Handle& handle_of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}

int code_of(DiskAnswer answer, int error) {
  switch (answer) {
    case DiskAnswer::kDone:
      return SQLITE_OK;
    case DiskAnswer::kNoSpace:
      return SQLITE_FULL;
    case DiskAnswer::kIoError:
      return error;
  }
  return error;
}

int set_lock(Handle& handle, int wanted) {
  Shared& shared = *handle.shared;
  switch (wanted) {
    case SQLITE_LOCK_SHARED:
      if (shared.is_pending || shared.is_exclusive) {
        return SQLITE_BUSY;
      }
      ++shared.readers;
      break;
    case SQLITE_LOCK_RESERVED:
      if (shared.is_reserved) {
        return SQLITE_BUSY;
      }
      shared.is_reserved = true;
      break;
    default:  // pending comes on the way to exclusive
      if (handle.lock < SQLITE_LOCK_PENDING && shared.is_pending) {
        return SQLITE_BUSY;
      }
      shared.is_pending = true;
      handle.lock = SQLITE_LOCK_PENDING;
      if (shared.readers > 1) {
        return SQLITE_BUSY;
      }
      shared.is_exclusive = true;
      break;
  }
  handle.lock = wanted;
  return SQLITE_OK;
}

int close_file(sqlite3_file* file) {
  Handle& handle = handle_of(file);
  if (handle.shared != nullptr && !handle.is_dead() && handle.lock != SQLITE_LOCK_NONE) {
    file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
  }
  handle.~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  const Handle& handle = handle_of(file);
  if (handle.is_dead() ||
      (handle.disk != nullptr && handle.disk->check_read() != DiskAnswer::kDone)) {
    return SQLITE_IOERR_READ;
  }
  const std::string& content = handle.file->cached;
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto there = std::min(static_cast<std::size_t>(size), content.size() - from);
  std::memcpy(out, content.data() + from, there);
  if (there == static_cast<std::size_t>(size)) {
    return SQLITE_OK;
  }
  std::memset(static_cast<char*>(out) + there, 0, static_cast<std::size_t>(size) - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  Handle& handle = handle_of(file);
  const std::string_view text(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
  if (handle.is_dead()) {
    return SQLITE_IOERR_WRITE;
  }
  if (handle.disk == nullptr) {
    std::string& content = handle.file->cached;
    content.resize(std::max(content.size(), static_cast<std::size_t>(offset) + text.size()));
    std::copy(text.begin(), text.end(), content.begin() + offset);
    return SQLITE_OK;
  }
  return code_of(handle.disk->write(*handle.file, static_cast<std::size_t>(offset), text),
                 SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_TRUNCATE;
  }
  if (handle.disk == nullptr) {
    handle.file->cached.resize(static_cast<std::size_t>(size));
    return SQLITE_OK;
  }
  return code_of(handle.disk->truncate(*handle.file, static_cast<std::size_t>(size)),
                 SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_FSYNC;
  }
  return handle.disk == nullptr ? SQLITE_OK
                                : code_of(handle.disk->sync(*handle.file), SQLITE_IOERR_FSYNC);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  const Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_FSTAT;
  }
  *size = static_cast<sqlite3_int64>(handle.file->cached.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int wanted) {
  Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_LOCK;
  }
  return handle.lock >= wanted ? SQLITE_OK : set_lock(handle, wanted);
}

int unlock_file(sqlite3_file* file, int wanted) {
  Handle& handle = handle_of(file);
  if (!handle.is_dead()) {
    Shared& shared = *handle.shared;
    if (handle.lock >= SQLITE_LOCK_EXCLUSIVE) {
      shared.is_exclusive = false;
    }
    if (handle.lock >= SQLITE_LOCK_PENDING) {
      shared.is_pending = false;
    }
    if (handle.lock >= SQLITE_LOCK_RESERVED) {
      shared.is_reserved = false;
    }
    if (handle.lock >= SQLITE_LOCK_SHARED && wanted < SQLITE_LOCK_SHARED) {
      --shared.readers;
    }
  }
  handle.lock = wanted;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* reserved) {
  *reserved = handle_of(file).shared->is_reserved ? 1 : 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
  return 4096;
}

// As SQLite's own layer says of every disk: a write changes nothing beside it.
int device(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_SHMMAP;
  }
  auto& regions = handle.shared->regions;
  while (regions.size() <= static_cast<std::size_t>(region)) {
    if (extend == 0) {
      *out = nullptr;
      return SQLITE_OK;
    }
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *out = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  Handle& handle = handle_of(file);
  if (handle.is_dead()) {
    return SQLITE_IOERR_SHMLOCK;
  }
  auto& slots = handle.shared->slots;
  const auto first = static_cast<std::size_t>(offset);
  const auto end = first + static_cast<std::size_t>(count);
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (std::size_t i = first; i < end; ++i) {
      const int others = handle.held[i] == SQLITE_SHM_SHARED ? slots[i] - 1 : slots[i];
      if (handle.held[i] != SQLITE_SHM_EXCLUSIVE && (exclusive ? others != 0 : slots[i] < 0)) {
        return SQLITE_BUSY;
      }
    }
  }
  for (std::size_t i = first; i < end; ++i) {
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      slots[i] = handle.held[i] == SQLITE_SHM_SHARED ? slots[i] - 1
                 : handle.held[i] != 0               ? 0
                                                     : slots[i];
      handle.held[i] = 0;
    } else if (exclusive) {
      slots[i] = -1;
      handle.held[i] = SQLITE_SHM_EXCLUSIVE;
    } else if (handle.held[i] == 0) {
      ++slots[i];
      handle.held[i] = SQLITE_SHM_SHARED;
    }
  }
  return SQLITE_OK;
}

void barrier(sqlite3_file*) {}

int unmap_shared(sqlite3_file* file, int) {
  Handle& handle = handle_of(file);
  if (!handle.is_dead()) {
    lock_shared(file, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
  }
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,           close_file,  read_file,      write_file,   truncate_file, sync_file, size_of_file,
    lock_file,   unlock_file, check_reserved, control_file, sector_size,   device,    map_shared,
    lock_shared, barrier,     unmap_shared,   nullptr,      nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  if (name != nullptr && world.disk->stopped()) {
    return SQLITE_CANTOPEN;
  }
  const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
  if (name != nullptr && !create && world.disk->find(name) == nullptr) {
    return SQLITE_CANTOPEN;
  }
  auto* const handle = new (out) Handle{};
  if (name == nullptr) {
    handle->file = std::make_shared<Disk::File>();
  } else {
    handle->name = name;
    handle->disk = world.disk;
    handle->generation = world.disk->generation();
    handle->file = world.disk->open(name);
    auto& shared = world.shared[name];
    if (shared == nullptr) {
      shared = std::make_shared<Shared>();
    }
    handle->shared = shared;
  }
  handle->base.pMethods = &kMethods;
  if (out_flags != nullptr) {
    *out_flags = flags;
  }
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int) {
  if (world.disk->find(name) == nullptr) {
    return SQLITE_IOERR_DELETE_NOENT;
  }
  return code_of(world.disk->remove(name), SQLITE_IOERR_DELETE);
}

int access_file(sqlite3_vfs*, const char* name, int, int* there) {
  const auto file = world.disk->find(name);
  *there = file != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  if (world.chance != nullptr) {
    world.chance->fill(out, static_cast<std::size_t>(size));
  }
  return size;
}

int no_sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;  // nobody else could let go of a lock meanwhile
}

int current_time(sqlite3_vfs*, double* days) {
  *days = 2'461'000.5;  // no SQL of ours asks for it
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

void install_vfs() {
  static sqlite3_vfs vfs{};
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = kVfsName.data();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = randomness;
  vfs.xSleep = no_sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

void use_disk(Disk& disk, Chance& chance) {
  world = {.disk = &disk, .chance = &chance, .shared = {}};
  sqlite3_randomness(0, nullptr);
}

void forget_locks() {
  world.shared.clear();
}

}  // namespace dermaga::simulation
