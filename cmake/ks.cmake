# One way to make a library, a program and a test, so that warnings, sanitisers and header checks
# cannot be forgotten.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Proofs by static_assert run whole curves; Clang stops at a million steps unless told otherwise.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fconstexpr-steps=100000000)
endif()

option(KS_SANITISE "address and undefined-behaviour sanitisers" OFF)
option(KS_FUZZ "libFuzzer targets (clang only)" OFF)
option(KS_BENCH "the programs of tests/bench also without the tests" OFF)

add_library(ks_warnings INTERFACE)
target_compile_options(ks_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wswitch-enum -Wimplicit-fallthrough -Werror)

if(KS_SANITISE OR KS_FUZZ)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(KS_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# What runs on the post: no exceptions, no RTTI, no guards around static locals. The host build
# keeps the same rules, so that a slip shows up on the developer's machine.
add_library(ks_freestanding INTERFACE)
target_compile_options(ks_freestanding INTERFACE -fno-exceptions -fno-rtti -fno-threadsafe-statics)

# ks_library(name SOURCES … HEADERS … LINKS … [FREESTANDING])
function(ks_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "FREESTANDING" "" "SOURCES;HEADERS;LINKS;PRIVATE_LINKS")
    string(REPLACE "::" "_" target "${name}")
    if(arg_SOURCES)
        add_library(ks_${target} STATIC ${arg_SOURCES})
        set(scope PUBLIC)
        target_link_libraries(ks_${target} PRIVATE ks_warnings ${arg_PRIVATE_LINKS})
        if(arg_FREESTANDING)
            target_link_libraries(ks_${target} PRIVATE ks_freestanding)
        endif()
    else()
        add_library(ks_${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    add_library(ks::${target} ALIAS ks_${target})
    target_include_directories(ks_${target} ${scope} ${PROJECT_SOURCE_DIR})
    target_link_libraries(ks_${target} ${scope} ${arg_LINKS})
    set_property(GLOBAL APPEND PROPERTY KS_LIBRARIES ks_${target})

    # Every header compiles alone: one generated file per header, one object library per layer.
    set(alone)
    foreach(header IN LISTS arg_HEADERS)
        file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${header})
        string(MAKE_C_IDENTIFIER ${path} id)
        set(file ${CMAKE_BINARY_DIR}/header_alone/${id}.cpp)
        file(CONFIGURE OUTPUT ${file} CONTENT "#include \"${path}\"\n")
        list(APPEND alone ${file})
    endforeach()
    if(alone)
        set_property(GLOBAL APPEND PROPERTY KS_HEADER_CHECKS alone_${target})
        add_library(alone_${target} OBJECT EXCLUDE_FROM_ALL ${alone})
        target_compile_options(alone_${target} PRIVATE -fsyntax-only)
        target_link_libraries(alone_${target} PRIVATE ks_${target} ks_warnings ${arg_PRIVATE_LINKS})
    endif()
endfunction()

# ks_program(name SOURCES … LINKS …)
function(ks_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ks_warnings ${arg_LINKS})
endfunction()
