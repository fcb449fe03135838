#pragma once

/// Version of the library and its programs; the build reads it from this line.
#define PIGEON_VERSION "0.1.0"
