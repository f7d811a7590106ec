#pragma once

/// What jemalloc, the heap of the executable, looks up when it begins.
extern const char *malloc_conf;
