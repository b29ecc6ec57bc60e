#!/bin/sh
# In dom0 of XCP-ng or XenServer: makes the program a plugin of XAPI, for `xe` and Xen Orchestra.
#
#   xe host-call-plugin host-uuid=UUID plugin=xsaudit fn=audit
#   xe host-call-plugin host-uuid=UUID plugin=xsaudit fn=audit args:format=text args:fail_on=high
#   xe host-call-plugin host-uuid=UUID plugin=xsaudit fn=version
#
# fn=audit audits the live store and answers with the report, in JSON unless another format is given. An error is
# XENAPI_PLUGIN_FAILURE. Only who may call plugins (pool-operator) gets an answer. Nothing else in dom0 changes;
# to undo it, remove the link.
set -eu
ln -s /usr/local/bin/xsaudit "${1:-}/etc/xapi.d/plugins/xsaudit"
