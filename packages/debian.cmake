# The .deb, of the dynamically linked program.
install(FILES debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
xsaudit_compressed(${PROJECT_SOURCE_DIR}/.github/CHANGELOG.md CHANGELOG.md)

set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "xen-utils-common")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT ${made}/debian-changelog @ONLY CONTENT
"xsaudit (@PROJECT_VERSION@) unstable; urgency=medium

  * See CHANGELOG.md.gz.

 -- @CPACK_PACKAGE_CONTACT@  @date@
")
xsaudit_compressed(${made}/debian-changelog changelog)

# /etc/xsaudit/config.yaml is the administrator's once it is installed. CPack does not say so.
file(CONFIGURE OUTPUT ${made}/conffiles CONTENT "/etc/xsaudit/config.yaml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${made}/conffiles)
foreach(script postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/${script})
endforeach()
