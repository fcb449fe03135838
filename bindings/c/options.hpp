#pragma once

#include "pigeon/node_options.hpp"
#include "pigeon/pigeon.h"

struct pigeon_node_options {
  pigeon::NodeOptions options;
};
