#pragma once
// The header needs the width before it is read: patterns and texts are UTF-8.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
