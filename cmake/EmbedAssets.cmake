# Writes the files of the status page into a C++ source:
#   cmake -DASSETS_DIR=web/status -DOUTPUT=status_assets.cpp -P EmbedAssets.cmake
# Every .html, .css and .js file becomes an entry, index.html the path "/". Tests are left out.

file(GLOB files RELATIVE ${ASSETS_DIR} ${ASSETS_DIR}/*.html ${ASSETS_DIR}/*.css ${ASSETS_DIR}/*.js)
list(SORT files)
set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")

set(entries "")
set(count 0)
foreach(file IN LISTS files)
  file(READ ${ASSETS_DIR}/${file} text)
  string(FIND "${text}" ")asset\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains the end of a raw string; choose another delimiter here.")
  endif()
  string(REGEX MATCH "[a-z]+$" extension ${file})
  if(file STREQUAL "index.html")
    set(path "/")
  else()
    set(path "/${file}")
  endif()
  # A string literal has a limit in some compilers: 16,000 characters a piece.
  set(pieces "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 12000 piece)
    string(APPEND pieces "\n     R\"asset(${piece})asset\"")
    math(EXPR at "${at} + 12000")
  endwhile()
  string(APPEND entries "    {\"${path}\", \"${types_${extension}}\",${pieces}},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUTPUT} "#include \"hub/status_assets.hpp\"

#include <array>

namespace pigeon::hub {

namespace {
constexpr std::array<StatusAsset, ${count}> assets = {{
${entries}}};
}  // namespace

const StatusAsset* find_status_asset(std::string_view path) {
  for (const StatusAsset& asset : assets) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

}  // namespace pigeon::hub
")
