// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/json.h"
#include "core/generation/client/edit.h"

#include <optional>
#include <string>
#include <string_view>

namespace likeness {

/// Whether models of this family have a denoiser that can edit.
[[nodiscard]] bool modelCanEdit(std::string_view model) noexcept;

/// Whether an edit by the checkpoint with this manifest can start from these images; `subject`
/// names the parent in errors. Throws Error(config): the parent is a volume, has other channels
/// than the model's images; has another pixel type or grey values far from those of the training
/// set, and the edit is not to fit them; a mask is missing, of another size, or marks nothing or
/// everything. Error(numeric): the parent holds values that are not finite, or only one value to be
/// fitted.
void checkEditImages(const Json& manifest,
                     const Edit& edit,
                     const std::string& subject,
                     const ImageSpan& parent,
                     const std::optional<ImageSpan>& mask);

} // namespace likeness
