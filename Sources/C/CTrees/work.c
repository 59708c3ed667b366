#include "work.h"

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

// Both uses: a mask a condition and one more, or a byte a condition and what a vector writes past
// the last.
static size_t mask_bytes(const struct trees_model *model) {
  return rounded((size_t)model->condition_count * trees_mask_bytes + 4 * trees_mask_bytes);
}

// The root's mask ends a line of the cache, so that each pair of children is in one.
static size_t reached_bytes(const struct trees_model *model) {
  return rounded((size_t)(model->mask_count + 1) * trees_mask_bytes);
}

static size_t sum_bytes(const struct trees_model *model) {
  return (size_t)model->heads * trees_block_rows * sizeof(double);
}

static size_t value_bytes(const struct trees_model *model) {
  return ((size_t)model->tree_count + trees_walks) * sizeof(double);
}

size_t trees_scratch_bytes(const struct trees_model *model) {
  return mask_bytes(model) + reached_bytes(model) + sum_bytes(model) + value_bytes(model);
}

struct work trees_work(const struct trees_model *model, void *scratch) {
  struct work work;
  uint8_t *next = scratch;
  work.masks = next;
  next += mask_bytes(model);
  work.reached = next + trees_mask_bytes;
  next += reached_bytes(model);
  work.sums = (double *)next;
  next += sum_bytes(model);
  work.values = (double *)next;
  return work;
}

uint32_t trees_rank_double(const struct trees_model *model, const struct trees_numeric *group,
                           double value) {
  int zero_is_missing = group->missing == trees_zero_left || group->missing == trees_zero_right;
  if (group->missing == trees_nan_as_zero && isnan(value)) value = 0;
  if (isnan(value) || (zero_is_missing && fabs(value) <= (double)model->zero_max))
    return trees_is_nan_above(group) ? group->count : 0;
  const double *thresholds = model->exact_thresholds + group->first;
  uint32_t below = 0, above = group->count;
  while (below < above) {
    uint32_t middle = below + (above - below) / 2;
    if (thresholds[middle] < value)
      below = middle + 1;
    else
      above = middle;
  }
  return below;
}

const uint64_t *trees_code_sets(const struct trees_model *model,
                                const struct trees_categories *group, int32_t code) {
  if (code < 0) return NULL;
  const uint32_t *codes = model->codes + group->first_code;
  uint32_t below = 0, above = group->code_count;
  while (below < above) {
    uint32_t middle = below + (above - below) / 2;
    if (codes[middle] < (uint32_t)code)
      below = middle + 1;
    else
      above = middle;
  }
  if (below == group->code_count || codes[below] != (uint32_t)code) return NULL;
  size_t words = (group->count + 63) / 64;
  return model->code_sets + model->code_starts[group - model->categories] + below * words;
}
