#include <stddef.h>
#include <stdint.h>

// libFuzzer's entry for programs with a `main` of their own (FuzzerDriver.cpp). Its library is
// there only in builds with -sanitize=fuzzer.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
