#include "report/report.h"

#include <algorithm>

#include "report/json_report.h"
#include "report/text_report.h"

namespace xsaudit {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"text", "for people, grouped by guest and device", write_text_report},
      {"json", "xsaudit-result/1, see schema/result.schema.json", write_json_report},
  };
  return formats;
}

const ReportFormat* find_report_format(std::string_view name) {
  const auto& formats = report_formats();
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const ReportFormat& format) { return format.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace xsaudit
