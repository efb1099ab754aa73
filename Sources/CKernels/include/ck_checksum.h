// The cyclic redundancy check of gzip, PNG and zlib.
#ifndef CK_CHECKSUM_H
#define CK_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// The check of what was checked before and `count` more bytes; `crc` is 0 before the first.
uint32_t ck_crc32(uint32_t crc, const void *bytes, size_t count);

#endif
