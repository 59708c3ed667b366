// Scores rows with an ensemble of decision trees, all rows of a block at once.
//
// A model asks few different questions: "is column 7 at most 0.5?" stands in hundreds of trees. So
// each distinct condition is answered once for a block of rows, one bit a row, and the trees then
// only combine those bit masks: the rows that reach a node's left child are those that reached the
// node and fulfil its condition. No branch depends on a row.
//
// Nothing here allocates or checks: the caller lays the model out, and answers for every index.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
  trees_block_rows = 256, // rows of a block, one bit of a mask each
  trees_mask_bytes = trees_block_rows / 8,
  trees_fan = 16,         // thresholds that are compared with at once
  trees_levels_max = 6,   // of a search: enough for 16 million thresholds of a column
  trees_page_codes = 256, // category codes of a page, one bit of a set each
  trees_page_bytes = trees_page_codes / 8,
  // Past the end of `search` and `leaf_values`, as many elements must be there to be read.
  trees_padding = 2 * trees_fan * trees_fan,
  // Leaves of a tree that can be scored in blocks: above, walking rows one by one is as quick.
  trees_block_leaves = 4096,
  trees_walks = 16, // trees that a single row walks together, so that their loads overlap
};

// Where conditions send a value that counts as missing: what is at most the threshold goes left.
enum trees_missing {
  trees_nan_as_zero,
  trees_nan_right,
  trees_nan_left,
  trees_zero_right, // zero and NaN
  trees_zero_left,
};

// Conditions `value <= threshold` that share a column and the treatment of missing values, in
// rising order of thresholds. So a value fulfils all from some condition on, which is searched for
// in levels: each has the largest threshold of every 16 in the level below, and infinity after the
// last.
struct trees_numeric {
  uint32_t column;
  uint32_t missing;
  uint32_t first, count;            // conditions
  uint32_t levels;                  // the thresholds themselves, rounded down, are the last
  uint32_t level[trees_levels_max]; // where each begins
};

// Conditions `code is in the set` that share a column and the treatment of NaN.
struct trees_categories {
  uint32_t column;
  uint32_t nan_in_set;
  uint32_t first, count; // conditions
  uint32_t first_page, page_count;
  uint32_t first_code, code_count;
};

// The part of those sets that lies in one page of 256 codes. The first page of each column's
// conditions has an entry for all of them, in order; the others only where a set is not empty.
struct trees_page {
  uint32_t page;         // code / 256
  uint32_t first, count; // entries
  uint32_t is_wide;      // whether a set has any of the upper 128 codes
};

// An inner node: where the answers of its condition and the rows that reach it are, in bytes. The
// nodes of a tree are in breadth-first order, and the children of the i-th have the masks 2i+1 and
// 2i+2 of its tree.
struct trees_node {
  uint32_t condition;
  uint32_t rows;
};

struct trees_tree {
  uint32_t first_node, node_count; // no nodes: one leaf
  uint32_t first_plane;            // of `plane_starts`; as many planes as a leaf number has bits
  uint32_t leaf_bits;
  uint32_t first_leaf; // of `leaf_values`, leaves numbered from left to right
  uint32_t leaf_count;
};

struct trees_model {
  uint32_t columns; // of a row
  uint32_t heads;   // scores of a row
  float zero_max;   // magnitudes up to this are read as zero; none where negative
  float code_above; // values above this, exclusive, are truncated to category codes

  // Conditions.
  uint32_t condition_count;
  uint32_t numeric_count, categories_count;
  const struct trees_numeric *numeric;
  const struct trees_categories *categories; // their conditions follow the numeric ones
  const float *search;
  const double *exact_thresholds; // of each numeric condition, as in the file
  const struct trees_page *pages;
  const uint8_t *page_sets;        // 32 bytes an entry
  const uint32_t *page_conditions; // of each entry, counted in its column's conditions
  const uint32_t *codes;           // that are in any set of a column, rising
  const uint64_t *code_sets;       // for each code a bit a condition of its column, words of 64
  const size_t *code_starts;       // where a column's `code_sets` begin

  uint32_t tree_count;
  const uint32_t *tree_heads; // the score that each tree adds to

  // Trees, for blocks.
  uint32_t mask_count; // of the largest tree's nodes and leaves
  const struct trees_tree *trees;
  const struct trees_node *nodes;
  const uint32_t *plane_starts; // one more than there are planes
  const uint16_t *plane_masks;  // whose union is the plane: of the leaf's number, one bit
  const double *leaf_values;     // padded

  // Trees, for single rows: each node is (left child << 32 | condition), and the right child stands
  // before the left one. A leaf is its own right child, on the condition that is never fulfilled.
  const uint64_t *walk_nodes;
  const uint32_t *walk_roots; // up to a multiple of `trees_walks`, with any leaf for the rest
  const double *walk_values;
};

// Instruction sets, the best last.
enum trees_kernel { trees_portable, trees_sse42, trees_avx2, trees_avx512, trees_kernel_count };

// Whether this processor has the instructions, and this build the code.
int trees_kernel_available(enum trees_kernel kernel);

// Row-major values, as many a row as the model has columns; one of the pointers is null.
struct trees_rows {
  const float *floats;
  const double *doubles; // what float32 cannot hold is still compared exactly, but slower
  size_t count;
};

// Bytes that a call needs to work in. They begin at a multiple of 64 and are zero at first; later
// calls with the same model take them as the one before left them.
size_t trees_scratch_bytes(const struct trees_model *model);

// Writes the sums of all rows and heads, row-major, each in the order of the trees: in blocks of
// rows, or one row after the other, which costs less where there are few.
void trees_score_blocks(enum trees_kernel kernel, const struct trees_model *model,
                        const struct trees_rows *rows, double *scores, void *scratch);
void trees_score_each(enum trees_kernel kernel, const struct trees_model *model,
                      const struct trees_rows *rows, double *scores, void *scratch);
