// AVX2: x86-64 since 2013.
#if defined(__x86_64__)
#include <immintrin.h>

#include "work.h"

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)

#define NAMED(name) name##_avx2

typedef uint64_t mask_avx2 __attribute__((vector_size(32)));

enum { compare_cost_avx2 = 3 };

ALWAYS_INLINE uint32_t below_avx2(const float *thresholds, float value, const int nan_too) {
  __m256 wanted = _mm256_set1_ps(value);
  __m256 low = _mm256_loadu_ps(thresholds), high = _mm256_loadu_ps(thresholds + 8);
  low = nan_too ? _mm256_cmp_ps(low, wanted, _CMP_NGE_UQ) : _mm256_cmp_ps(low, wanted, _CMP_LT_OQ);
  high =
      nan_too ? _mm256_cmp_ps(high, wanted, _CMP_NGE_UQ) : _mm256_cmp_ps(high, wanted, _CMP_LT_OQ);
  return (uint32_t)__builtin_popcount((unsigned)_mm256_movemask_ps(low) |
                                      (unsigned)_mm256_movemask_ps(high) << 8);
}

// Packing works within halves of a vector, so the column is put into the order that it undoes.
static void compare_avx2(const float *column, int vectors, const float *thresholds, uint32_t count,
                         uint8_t *masks) {
  __m256 order[32];
  int pairs = (vectors + 1) / 2;
  for (int i = 0; i < 4 * pairs; i += 4)
    for (int j = 0; j < 2; j++) {
      __m256 a = _mm256_load_ps(column + 8 * (i + j)), b = _mm256_load_ps(column + 8 * (i + j + 2));
      order[i + 2 * j] = _mm256_permute2f128_ps(a, b, 0x20);
      order[i + 2 * j + 1] = _mm256_permute2f128_ps(a, b, 0x31);
    }
#define LEFT(j) _mm256_castps_si256(_mm256_cmp_ps(order[4 * pair + (j)], threshold, _CMP_LE_OQ))
  for (uint32_t i = 0; i < count; i++, masks += trees_mask_bytes) {
    __m256 threshold = _mm256_set1_ps(thresholds[i]);
    for (int pair = 0; pair < pairs; pair++) {
      __m256i low = _mm256_packs_epi32(LEFT(0), LEFT(1));
      __m256i high = _mm256_packs_epi32(LEFT(2), LEFT(3));
      ((int *)masks)[pair] = _mm256_movemask_epi8(_mm256_packs_epi16(low, high));
    }
  }
#undef LEFT
}

// A byte shuffle reaches 16 bytes, and gives zero where a place is negative. So the places for
// either half of the sets are negative for codes that are in the other one, or in none.
ALWAYS_INLINE void look_up_halves(const int is_wide, const int adds, const struct trees_page *page,
                                  const __m256i *lower, const __m256i *upper, const __m256i *bits,
                                  int vectors, const uint8_t *sets, const uint32_t *conditions,
                                  uint8_t *masks) {
  for (uint32_t i = 0; i < page->count; i++, sets += trees_page_bytes) {
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sets));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(sets + 16)));
    int *mask = (int *)(masks + (adds ? conditions[i] : i) * trees_mask_bytes);
    for (int j = 0; j < vectors; j++) {
      __m256i byte = _mm256_shuffle_epi8(low, lower[j]);
      if (is_wide) byte = _mm256_or_si256(byte, _mm256_shuffle_epi8(high, upper[j]));
      __m256i found = _mm256_cmpeq_epi8(_mm256_and_si256(byte, bits[j]), bits[j]);
      mask[j] = adds ? mask[j] | _mm256_movemask_epi8(found) : _mm256_movemask_epi8(found);
    }
  }
}

static void look_up_avx2(const struct trees_page *page, const uint8_t *places, const uint8_t *bits,
                         int rows, const uint8_t *sets, const uint32_t *conditions,
                         uint8_t *masks) {
  __m256i lower[8], upper[8], bit[8];
  const __m256i zero = _mm256_setzero_si256(), sign = _mm256_set1_epi8((char)0x80);
  for (int i = 0; i < rows / 32; i++) {
    __m256i place = _mm256_load_si256((const __m256i *)(places + 32 * i));
    __m256i is_upper = _mm256_and_si256(_mm256_slli_epi16(place, 3), sign);
    bit[i] = _mm256_load_si256((const __m256i *)(bits + 32 * i));
    __m256i is_absent = _mm256_cmpeq_epi8(bit[i], zero);
    bit[i] = _mm256_sub_epi8(bit[i], is_absent); // 1, which no absent code is found to have
    lower[i] = _mm256_or_si256(_mm256_or_si256(place, is_upper), is_absent);
    upper[i] = _mm256_or_si256(_mm256_or_si256(place, _mm256_xor_si256(is_upper, sign)), is_absent);
  }
  if (conditions)
    look_up_halves(1, 1, page, lower, upper, bit, rows / 32, sets, conditions, masks);
  else if (page->is_wide)
    look_up_halves(1, 0, page, lower, upper, bit, rows / 32, sets, conditions, masks);
  else
    look_up_halves(0, 0, page, lower, upper, bit, rows / 32, sets, conditions, masks);
}

#include "descend.h"

static void number_avx2(const mask_avx2 *planes, uint32_t count, int rows, uint8_t *numbers) {
  const __m256i byte_of_row = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                               2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  const __m256i bit_of_row = _mm256_set1_epi64x((long long)0x8040201008040201);
  for (int i = 0; i < (rows + 31) / 32; i++) {
    __m256i number = _mm256_setzero_si256();
    for (uint32_t bit = 0; bit < count; bit++) {
      __m256i flags = _mm256_set1_epi32(((const int *)&planes[bit])[i]);
      flags = _mm256_and_si256(_mm256_shuffle_epi8(flags, byte_of_row), bit_of_row);
      flags = _mm256_cmpeq_epi8(flags, bit_of_row);
      number = _mm256_or_si256(number, _mm256_and_si256(flags, _mm256_set1_epi8((char)(1 << bit))));
    }
    _mm256_store_si256((__m256i *)(numbers + 32 * i), number);
  }
}

static void add_avx2(const struct trees_tree *tree, const double *leaves, int rows,
                     const mask_avx2 *planes, double *sums) {
  _Alignas(64) uint8_t numbers[trees_block_rows];
  number_avx2(planes, tree->leaf_bits, rows, numbers);
  for (int row = 0; row < rows; row++) sums[row] += leaves[numbers[row]];
}

#include "kernel.h"

#pragma clang attribute pop
#endif
