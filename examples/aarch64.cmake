# For CMake, to build for aarch64 on Debian 12 with libraries unpacked in XSAUDIT_LIBRARIES (static.sh).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES XSAUDIT_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH ${XSAUDIT_LIBRARIES})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${XSAUDIT_LIBRARIES})
set(ENV{PKG_CONFIG_LIBDIR}
    ${XSAUDIT_LIBRARIES}/usr/lib/aarch64-linux-gnu/pkgconfig:${XSAUDIT_LIBRARIES}/usr/share/pkgconfig)
# Programs that are built run while building: the one that makes tables of YAML files.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
