// AVX-512 with byte permutations (VBMI): Intel since Ice Lake, AMD since Zen 4.
#if defined(__x86_64__)
#include <immintrin.h>

#include "work.h"

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi"))),    \
    apply_to = function)

#define NAMED(name) name##_avx512

typedef uint64_t mask_avx512 __attribute__((vector_size(32)));

enum { compare_cost_avx512 = 1 };

ALWAYS_INLINE uint32_t below_avx512(const float *thresholds, float value, const int nan_too) {
  __m512 wanted = _mm512_set1_ps(value), all = _mm512_loadu_ps(thresholds);
  __mmask16 below = nan_too ? _mm512_cmp_ps_mask(all, wanted, _CMP_NGE_UQ)
                            : _mm512_cmp_ps_mask(all, wanted, _CMP_LT_OQ);
  return (uint32_t)__builtin_popcount(below);
}

// With the number of vectors known, the column stays in registers.
ALWAYS_INLINE void compare_vectors(const int vectors, const float *column, const float *thresholds,
                                   uint32_t count, uint8_t *masks) {
  __m512 values[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < vectors; i++) values[i] = _mm512_load_ps(column + 16 * i);
  for (uint32_t i = 0; i < count; i++, masks += trees_mask_bytes) {
    __m512 threshold = _mm512_set1_ps(thresholds[i]);
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      ((uint16_t *)masks)[j] = _mm512_cmp_ps_mask(values[j], threshold, _CMP_LE_OQ);
  }
}

static void compare_avx512(const float *column, int vectors, const float *thresholds,
                           uint32_t count, uint8_t *masks) {
#define CASE(n)                                                                                    \
  case n: compare_vectors(n, column, thresholds, count, masks); break;
  switch (vectors) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
    CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14) CASE(15) CASE(16)
  }
#undef CASE
}

ALWAYS_INLINE void look_up_vectors(const int vectors, const uint8_t *places, const uint8_t *bits,
                                   const uint8_t *sets, const uint32_t *conditions, uint32_t count,
                                   uint8_t *masks) {
  __m512i place[4], bit[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < vectors; i++) {
    place[i] = _mm512_load_si512(places + 64 * i);
    bit[i] = _mm512_load_si512(bits + 64 * i);
  }
  for (uint32_t i = 0; i < count; i++, sets += trees_page_bytes) {
    __m512i set = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)sets));
    uint64_t *mask = (uint64_t *)(masks + (conditions ? conditions[i] : i) * trees_mask_bytes);
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) {
      uint64_t found = _mm512_test_epi8_mask(_mm512_permutexvar_epi8(place[j], set), bit[j]);
      mask[j] = conditions ? mask[j] | found : found;
    }
  }
}

static void look_up_avx512(const struct trees_page *page, const uint8_t *places,
                           const uint8_t *bits, int rows, const uint8_t *sets,
                           const uint32_t *conditions, uint8_t *masks) {
#define CASE(n)                                                                                    \
  case n:                                                                                          \
    if (conditions)                                                                                \
      look_up_vectors(n, places, bits, sets, conditions, page->count, masks);                      \
    else                                                                                           \
      look_up_vectors(n, places, bits, sets, NULL, page->count, masks);                            \
    break;
  switch (rows / 64) { CASE(1) CASE(2) CASE(3) CASE(4) }
#undef CASE
}

// Both children at a time: the lower half of a vector is the left one, the upper the right one.
static void descend_avx512(const struct trees_node *node, uint32_t count, const uint8_t *answers,
                           uint8_t *reached) {
  uint8_t *children = reached + trees_mask_bytes;
  memset(reached, 0xFF, trees_mask_bytes);
  const __m512i is_right = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi64x(-1), 1);
  for (uint32_t i = 0; i < count; i++, children += 2 * trees_mask_bytes) {
    __m512i rows = _mm512_broadcast_i64x4(*(const __m256i *)(reached + node[i].rows));
    __m512i is_left = _mm512_broadcast_i64x4(*(const __m256i *)(answers + node[i].condition));
    // rows & (is_left ^ is_right)
    _mm512_store_si512(children, _mm512_ternarylogic_epi64(rows, is_left, is_right, 0x60));
  }
}

static void number_avx512(const mask_avx512 *planes, uint32_t count, int rows, uint8_t *numbers) {
  for (int i = 0; i < (rows + 63) / 64; i++) {
    __m512i number = _mm512_setzero_si512();
    for (uint32_t bit = 0; bit < count; bit++)
      number = _mm512_mask_add_epi8(number, planes[bit][i], number, _mm512_set1_epi8(1 << bit));
    _mm512_store_si512(numbers + 64 * i, number);
  }
}

ALWAYS_INLINE __m512i eight_numbers(const uint8_t *numbers) {
  return _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)numbers));
}

// Up to 16 values: bits 0 to 3 of each number choose.
ALWAYS_INLINE __m512d chosen(__m512i numbers, const __m512d *leaves) {
  return _mm512_permutex2var_pd(leaves[0], numbers, leaves[1]);
}

ALWAYS_INLINE void add_eight(double *sums, __m512d values) {
  _mm512_store_pd(sums, _mm512_add_pd(_mm512_load_pd(sums), values));
}

// The leaves' values are kept in registers where they fit: 16 a pair, bits 4 and 5 choose the pair.
static void add_avx512(const struct trees_tree *tree, const double *leaves, int rows,
                       const mask_avx512 *planes, double *sums) {
  _Alignas(64) uint8_t numbers[trees_block_rows];
  number_avx512(planes, tree->leaf_bits, rows, numbers);
  __m512d table[8];
  const uint8_t *bit4 = (const uint8_t *)&planes[4], *bit5 = (const uint8_t *)&planes[5];
  if (tree->leaf_bits <= 4) {
    for (int i = 0; i < 2; i++) table[i] = _mm512_loadu_pd(leaves + 8 * i);
    for (int row = 0; row < rows; row += 8)
      add_eight(sums + row, chosen(eight_numbers(numbers + row), table));
  } else if (tree->leaf_bits == 5) {
    for (int i = 0; i < 4; i++) table[i] = _mm512_loadu_pd(leaves + 8 * i);
    for (int row = 0; row < rows; row += 8) {
      __m512i eight = eight_numbers(numbers + row);
      add_eight(sums + row, _mm512_mask_blend_pd(bit4[row / 8], chosen(eight, table),
                                                 chosen(eight, table + 2)));
    }
  } else if (tree->leaf_bits == 6) {
    for (int i = 0; i < 8; i++) table[i] = _mm512_loadu_pd(leaves + 8 * i);
    for (int row = 0; row < rows; row += 8) {
      __m512i eight = eight_numbers(numbers + row);
      __mmask8 upper = bit4[row / 8];
      __m512d low = _mm512_mask_blend_pd(upper, chosen(eight, table), chosen(eight, table + 2));
      __m512d high =
          _mm512_mask_blend_pd(upper, chosen(eight, table + 4), chosen(eight, table + 6));
      add_eight(sums + row, _mm512_mask_blend_pd(bit5[row / 8], low, high));
    }
  } else {
    for (int row = 0; row < rows; row += 8)
      add_eight(sums + row, _mm512_i64gather_pd(eight_numbers(numbers + row), leaves, 8));
  }
}

#include "kernel.h"

#pragma clang attribute pop
#endif
