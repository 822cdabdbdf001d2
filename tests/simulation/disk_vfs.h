#pragma once

#include <string_view>

#include "chance.h"
#include "disk.h"

namespace dermaga::simulation {

// SQLite's file layer over a Disk. Made SQLite's default too, since its own random numbers (the
// write-ahead log's salts) come from the default one.
inline constexpr std::string_view kVfsName = "simulated";

// Once per process.
void install_vfs();
// Whose files SQLite opens from now on; SQLite's random numbers start anew from `chance`. Both must
// outlive every connection.
void use_disk(Disk& disk, Chance& chance);
// To be called when the process that owned the disk has been stopped and started again: locks and
// shared memory die with a process.
void forget_locks();

}  // namespace dermaga::simulation
