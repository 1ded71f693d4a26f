/* Inflates members of a zip with zlib and throws the bytes away: what reading costs that no reader can save.
   zlib_alone FILE OFFSET BYTES [OFFSET BYTES ...]     places and packed sizes of raw DEFLATE data */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { block = 256 << 10 };
static unsigned char input[block], output[block];

int main(int count, char **arguments) {
    FILE *file = count > 3 ? fopen(arguments[1], "rb") : NULL;
    if (!file) return 1;
    for (int i = 2; i + 1 < count; i += 2) {
        long left = atol(arguments[i + 1]);
        z_stream stream;
        memset(&stream, 0, sizeof stream);
        if (fseek(file, atol(arguments[i]), SEEK_SET) || inflateInit2(&stream, -MAX_WBITS) != Z_OK) return 1;
        int status = Z_OK;
        while (status == Z_OK) {
            if (stream.avail_in == 0 && left > 0) {
                size_t got = fread(input, 1, left < block ? (size_t)left : (size_t)block, file);
                if (got == 0) return 1;
                stream.next_in = input;
                stream.avail_in = (uInt)got;
                left -= (long)got;
            }
            stream.next_out = output;
            stream.avail_out = block;
            status = inflate(&stream, Z_NO_FLUSH);
        }
        inflateEnd(&stream);
        if (status != Z_STREAM_END) return 1;
    }
    return 0;
}
