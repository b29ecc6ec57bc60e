# Builds files into a library, so that the program works without them being installed. They are
# built in again when a file changes, comes or goes.
#
#   include(${PROJECT_SOURCE_DIR}/src/embed.cmake)
#   xsaudit_embed_yaml(TARGET DIRECTORY FUNCTION [--apart KEY])
#
# adds to TARGET the *.yaml of DIRECTORY as tables that need no parsing (src/yaml/yaml_tables.cc).
#
#   xsaudit_embed(TARGET DIRECTORY FUNCTION HEADER PATTERN…)
#
# adds to TARGET a source with the text of the files of DIRECTORY that match a pattern. It defines
#
#   const std::vector<TextFile>& FUNCTION();
#
# as HEADER declares it. Needs nothing but CMake: this file is also the script that makes the source.

function(xsaudit_embed_yaml target directory function)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.yaml)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  # The files are named in the command so that it is another one when a file has gone.
  add_custom_command(
    OUTPUT ${output}
    COMMAND yaml_tables ${function} ${output} ${ARGN} ${files}
    DEPENDS ${files} yaml_tables
    COMMENT "Reading ${directory}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

function(xsaudit_embed target directory function header)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${directory}/)
  file(GLOB files CONFIGURE_DEPENDS ${patterns})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-Dfiles=${files}" -Dfunction=${function} -Dheader=${header}
            -Doutput=${output} -P ${PROJECT_SOURCE_DIR}/src/embed.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/src/embed.cmake
    COMMENT "Embedding ${directory}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  file(WRITE ${output} "// Made from text files by src/embed.cmake.
#include \"${header}\"

namespace xsaudit {

const std::vector<TextFile>& ${function}() {
  static const std::vector<TextFile> files = {
")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(FIND "${text}" ")text\"" end)
    if(NOT end EQUAL -1)
      message(FATAL_ERROR "${file} has )text\" in it, which ends the literal it is put in")
    endif()
    file(APPEND ${output} "    {\"${name}\", R\"text(${text})text\"},\n")
  endforeach()
  file(APPEND ${output} "  };
  return files;
}

}  // namespace xsaudit
")
endif()
