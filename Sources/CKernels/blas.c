#include "ck_blas.h"

#include <stdlib.h>
#include <string.h>

#include "ck_threads.h"

// Entry points of OpenBLAS built with DYNAMIC_ARCH; weak, since other builds lack them.
extern void openblas_read_env(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

int ck_blas_repair_kernel_set(void) {
#if defined(__x86_64__) && defined(__linux__)
  if (!openblas_read_env || !gotoblas_dynamic_quit || !gotoblas_dynamic_init ||
      !openblas_get_corename)
    return 0;
  if (ck_cpu_level() < 4 || getenv("OPENBLAS_CORETYPE")) return 0;
  // What a processor newer than the library falls back to. Zen and SkylakeX and their successors
  // were recognized, and are left alone.
  const char *name = openblas_get_corename();
  const char *fallbacks[] = {"Haswell", "Sandybridge", "Nehalem", "Prescott"};
  int fell_back = 0;
  for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks; i++)
    fell_back |= strcmp(name, fallbacks[i]) == 0;
  if (!fell_back) return 0;
  // The variable is read again when the kernel table is built anew.
  if (setenv("OPENBLAS_CORETYPE", "SkylakeX", 1) != 0) return 0;
  openblas_read_env();
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv("OPENBLAS_CORETYPE");
  return 1;
#else
  return 0;
#endif
}
