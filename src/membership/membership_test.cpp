#include "membership/membership.hpp"

#include <gmock/gmock.h>
