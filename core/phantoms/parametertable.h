// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/phantoms/fibre.h"
#include "core/phantoms/paperscan.h"
#include "core/phantoms/phantom.h"
#include "core/phantoms/rock.h"
#include "core/phantoms/root.h"
#include "core/phantoms/scanner.h"

#include <map>
#include <string>

namespace likeness::phantoms {

/// Everything a request leaves open filled with standard values; all within their ranges. Throws
/// Error(config).
[[nodiscard]] std::map<std::string, double> resolvedParameters(const PhantomRequest& request);

/// The request's kind, or the domain's first. Throws Error(config) for an unknown one.
[[nodiscard]] std::string resolvedKind(Domain domain, const std::string& kind);

using Values = std::map<std::string, double>;

[[nodiscard]] RockParameters rockParameters(const std::string& kind, const Values& values);
[[nodiscard]] FibreParameters fibreParameters(const std::string& kind, const Values& values);
[[nodiscard]] RootParameters rootParameters(const Values& values);
[[nodiscard]] ScannerParameters scannerParameters(const Values& values);
[[nodiscard]] PaperScanParameters paperScanParameters(const Values& values);

} // namespace likeness::phantoms
