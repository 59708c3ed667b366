#include "work.h"

#define DECLARE(name)                                                                              \
  void trees_score_blocks_##name(const struct trees_model *, const struct trees_rows *, double *,  \
                                 void *);                                                          \
  void trees_score_each_##name(const struct trees_model *, const struct trees_rows *, double *,    \
                               void *);
DECLARE(portable)
#if defined(__x86_64__)
DECLARE(sse42)
DECLARE(avx2)
DECLARE(avx512)
#endif

int trees_kernel_available(enum trees_kernel kernel) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                 __builtin_cpu_supports("bmi2");
  switch (kernel) {
  case trees_sse42: return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  case trees_avx2: return has_avx2;
  case trees_avx512:
    return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi");
  default: break;
  }
#endif
  return kernel == trees_portable;
}

#if defined(__x86_64__)
#define CHOOSE(function, kernel, ...)                                                              \
  switch (kernel) {                                                                                \
  case trees_avx512: function##_avx512(__VA_ARGS__); break;                                        \
  case trees_avx2: function##_avx2(__VA_ARGS__); break;                                            \
  case trees_sse42: function##_sse42(__VA_ARGS__); break;                                          \
  default: function##_portable(__VA_ARGS__);                                                       \
  }
#else
#define CHOOSE(function, kernel, ...) function##_portable(__VA_ARGS__);
#endif

void trees_score_blocks(enum trees_kernel kernel, const struct trees_model *model,
                        const struct trees_rows *rows, double *scores, void *scratch) {
  CHOOSE(trees_score_blocks, kernel, model, rows, scores, scratch)
}

void trees_score_each(enum trees_kernel kernel, const struct trees_model *model,
                      const struct trees_rows *rows, double *scores, void *scratch) {
  CHOOSE(trees_score_each, kernel, model, rows, scores, scratch)
}
