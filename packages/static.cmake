# The .rpm and the archive of the statically linked program. The .rpm is for the dom0 of XCP-ng and
# XenServer, whose rpm is 4.11: its payload is packed with gzip, and it depends on nothing. Nothing is
# run at its installation, because a scriptlet would depend on a shell.
#
# packages/build.sh writes the licences of all that is linked into the program.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_BINARY_DIR}/licences DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
xsaudit_compressed(${PROJECT_SOURCE_DIR}/.github/CHANGELOG.md changelog)

set(CPACK_GENERATOR TGZ RPM)
set(CPACK_PACKAGE_FILE_NAME xsaudit-${PROJECT_VERSION}-static-${CMAKE_SYSTEM_PROCESSOR})

# To unpack the archive again must not replace what the administrator has written.
file(CONFIGURE OUTPUT ${made}/archive.cmake @ONLY CONTENT
"if(CPACK_GENERATOR STREQUAL TGZ)
  set(CPACK_INSTALL_CMAKE_PROJECTS \"@PROJECT_BINARY_DIR@;xsaudit;Unspecified;/\")
endif()
")
set(CPACK_PROJECT_CONFIG_FILE ${made}/archive.cmake)

set(CPACK_RPM_PACKAGE_ARCHITECTURE ${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "GPL-2.0-only")
set(CPACK_RPM_PACKAGE_GROUP "System Environment/Base")
set(CPACK_RPM_PACKAGE_AUTOREQPROV OFF)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_COMPRESSION_TYPE gzip)
set(CPACK_RPM_USER_FILELIST "%config(noreplace) /etc/xsaudit/config.yaml")
# The file is built and stripped already, and its bytes depend on nothing else. "%_build_id_links":
# rpm 4.11 has no /usr/lib/.build-id.
set(CPACK_RPM_SPEC_MORE_DEFINE
"%define __strip /bin/true
%define __os_install_post %{nil}
%define _build_id_links none
%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _source_filedigest_algorithm 8
%define _binary_filedigest_algorithm 8")
# Folders that belong to other packages.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /etc /usr/lib/systemd /usr/lib/systemd/system
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/doc
    /usr/share/bash-completion /usr/share/bash-completion/completions
    /usr/share/zsh /usr/share/zsh/site-functions /usr/share/fish /usr/share/fish/vendor_completions.d)
