#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// A list of names without an end makes libxenstore itself read past it (libs/store xs.c
// xs_directory). Nothing of ours is excused by this.
extern "C" const char* __asan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_suppressions() { return "interceptor_via_lib:libxenstore\n"; }
