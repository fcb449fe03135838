# `cmake --install` gives the public headers, the libraries and a package for find_package(pigeon).

include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/pigeon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pigeon)
install(EXPORT pigeon_targets NAMESPACE pigeon:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pigeonConfig.cmake.in
  ${PROJECT_BINARY_DIR}/pigeonConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pigeonConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pigeonConfig.cmake
              ${PROJECT_BINARY_DIR}/pigeonConfigVersion.cmake
        DESTINATION ${package_dir})
