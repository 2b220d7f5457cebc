# The project's CMake vocabulary: a library per folder, a program per test file, a fuzz target that
# an ordinary build replays over its corpus, and a source that must not compile.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

add_library(sekisho_flags INTERFACE)
target_compile_features(sekisho_flags INTERFACE cxx_std_20)
target_include_directories(sekisho_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sekisho_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Werror
  -fno-omit-frame-pointer
  # g++ 12 warns without ground where it optimises string = "literal" (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-restrict>)
target_link_libraries(sekisho_flags INTERFACE Threads::Threads)
if(SEKISHO_SANITIZE)
  target_compile_options(sekisho_flags INTERFACE -fsanitize=${SEKISHO_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sekisho_flags INTERFACE -fsanitize=${SEKISHO_SANITIZE})
endif()
if(SEKISHO_LIBFUZZER)
  target_compile_options(sekisho_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(sekisho_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# sekisho_library(NAME fhir SRCS a.cc b.cc [LIBS ...])  ->  target sekisho_fhir, alias sekisho::fhir.
# LIBS are public: what a room may use is held by tests/architecture_test.cc, not by the linker.
function(sekisho_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;LIBS" ${ARGN})
  add_library(sekisho_${ARG_NAME} STATIC ${ARG_SRCS})
  add_library(sekisho::${ARG_NAME} ALIAS sekisho_${ARG_NAME})
  target_link_libraries(sekisho_${ARG_NAME} PUBLIC sekisho_flags ${ARG_LIBS})
endfunction()

# sekisho_test(json_test.cc [more.cc] LIBS sekisho::fhir [LABELS slow])
# Tests of what several threads do have the label `threads`; the target threads_tests builds them.
# A test that needs the library beside the project finds it through SEKISHO_SHARED (an environment
# variable; default ../shared), and skips itself, counted, where it is absent.
function(sekisho_test main)
  if(NOT SEKISHO_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "LIBS;LABELS" ${ARGN})
  get_filename_component(name ${main} NAME_WE)
  add_executable(${name} ${main} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} sekisho_flags gtest_main gtest gmock)
  target_compile_definitions(${name} PRIVATE SEKISHO_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SEKISHO_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  if("threads" IN_LIST ARG_LABELS)
    if(NOT TARGET threads_tests)
      add_custom_target(threads_tests)
    endif()
    add_dependencies(threads_tests ${name})
  endif()
endfunction()

# sekisho_fuzz(fuzz_json.cc CORPUS json LIBS sekisho::fhir): LLVMFuzzerTestOneInput in fuzz_json.cc.
# The corpus stands in tests/fuzz/corpus/<name>. Ordinary builds replay it as a test; the `fuzz`
# preset links libFuzzer for real fuzzing.
function(sekisho_fuzz source)
  if(NOT SEKISHO_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "CORPUS" "LIBS" ${ARGN})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} sekisho_flags)
  if(SEKISHO_LIBFUZZER)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
    add_test(NAME ${name} COMMAND ${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${ARG_CORPUS})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# sekisho_must_not_compile(forge_released.cc [LIBS ...]): built twice. Without MUST_FAIL the file has
# to compile (so the test cannot pass by a typing error); with -DMUST_FAIL it must not.
function(sekisho_must_not_compile source)
  if(NOT SEKISHO_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  get_filename_component(name ${source} NAME_WE)
  add_library(${name}_compiles OBJECT ${source})
  target_link_libraries(${name}_compiles PRIVATE sekisho_flags ${ARG_LIBS})
  add_test(NAME ${name}_must_not_compile
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -DMUST_FAIL -I${PROJECT_SOURCE_DIR}
      ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  set_tests_properties(${name}_must_not_compile PROPERTIES WILL_FAIL ON)
endfunction()
