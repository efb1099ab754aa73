// Fused loops: a list of kernel calls done on one tile of elements after the other.
#ifndef CK_TILES_H
#define CK_TILES_H

#include "ck_arithmetic.h"
#include "ck_reduce.h"
#include "ck_types.h"

#pragma clang assume_nonnull begin

// The index space is rows x columns. A value has one element for each place (full), for each row,
// or in all. Intermediate values live in registers, pieces of scratch memory that stay in the cache;
// a kernel runs on a whole tile where its operands are contiguous there, row by row otherwise.

#define CK_TILE_FULL 0
#define CK_TILE_ROW 1
#define CK_TILE_SCALAR 2

enum { ck_tile_axes = 6 };

/// Where a value is.
typedef struct {
  int32_t level;      // CK_TILE_FULL, CK_TILE_ROW or CK_TILE_SCALAR
  int32_t width;      // bytes of an element
  int32_t memory;     // index in the table of addresses; -1: a register
  int32_t axes;       // of memory: the axes that rows count through, innermost first
  size_t offset;      // of a register: bytes into the scratch; of memory: bytes from the address
  ptrdiff_t strides[ck_tile_axes];  // of memory: bytes a step of each row axis
  ptrdiff_t column_stride;          // of memory: elements a column; 0, 1 or any
} ck_tile_value;

/// What a step does with its kernel. The number of operands and the shape of the call, not the
/// arithmetic: that is the kernel's.
typedef enum {
  CK_TILE_MAP1,        // result = unary(a)
  CK_TILE_MAP2,        // result = binary(a, b)
  CK_TILE_MAP3,        // result = ternary(a, b, c)
  CK_TILE_POWER,       // result = a to the integer `parameter`
  CK_TILE_REDUCE_ROW,  // result (row) = reduction of a (full) over columns
  CK_TILE_REDUCE_COLUMN,  // result (memory, one element a column) = combination over rows of a
  CK_TILE_REDUCE_ALL,     // result (memory, one element) = combination over all of a
} ck_tile_kind;

typedef struct {
  int32_t kind;
  int32_t parameter;
  const void *_Nullable kernel;     // of the signature that `kind` says
  const void *_Nullable combine;    // a ck_binary_fn, for the reductions to memory
  int32_t inputs[3];                // indices of values
  int32_t output;
} ck_tile_step;

/// A full result that is computed in a register and written past the caches, to memory that starts
/// each row at whole elements that follow each other.
typedef struct {
  int32_t from, to;  // indices of values: the register and the memory
} ck_tile_stream;

typedef struct {
  const ck_tile_value *_Nullable values;
  const ck_tile_step *_Nullable steps;
  size_t step_count;
  const ck_tile_stream *_Nullable streams;
  size_t stream_count;
  const int32_t *_Nullable fetches;  // values in memory, of which a tile follows the one before it
  size_t fetch_count;
  size_t rows, columns;
  size_t row_sizes[ck_tile_axes];  // the sizes of the row axes, innermost first
  size_t rows_per_tile;
  size_t columns_per_tile;  // less than `columns` only where no step reduces over columns
} ck_tile_program;

/// The part of the index space that one call does; all columns where a step reduces over columns.
typedef struct {
  size_t row_begin, row_end, column_begin, column_end;
} ck_tile_range;

/// Runs the program on a range.
///
/// `addresses` has the memory of the values, `scratch` room for the registers. Results of
/// reductions to memory are partial ones over these rows, of piece `piece`: they are written
/// `piece` results behind the address.
void ck_tiles_run(const ck_tile_program *program, void *_Nonnull const *_Nonnull addresses,
                  void *scratch, ck_tile_range range, size_t piece);

#pragma clang assume_nonnull end

#endif
