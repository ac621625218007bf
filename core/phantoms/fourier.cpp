// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/fourier.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace likeness::phantoms {

Fourier::Fourier(std::size_t length)
    : m_order(length) {
    const int bits = std::countr_zero(length);
    for (std::size_t i = 0; i < length; ++i)
        for (int b = 0; b < bits; ++b)
            m_order[i] |= ((i >> static_cast<unsigned>(b)) & 1U)
                          << static_cast<unsigned>(bits - 1 - b);
    m_roots.reserve(length);
    for (std::size_t half = 1; half < length; half *= 2)
        for (std::size_t k = 0; k < half; ++k)
            m_roots.push_back(std::polar(1.0, -std::numbers::pi * static_cast<double>(k) /
                                                  static_cast<double>(half)));
}

void Fourier::forward(std::span<std::complex<double>> values) const noexcept {
    const std::size_t n = length();
    for (std::size_t i = 0; i < n; ++i)
        if (m_order[i] > i)
            std::swap(values[i], values[m_order[i]]);
    const std::complex<double>* roots = m_roots.data();
    for (std::size_t half = 1; half < n; roots += half, half *= 2)
        for (std::size_t start = 0; start < n; start += 2 * half) {
            std::complex<double>* low = values.data() + start;
            std::complex<double>* high = low + half;
            for (std::size_t k = 0; k < half; ++k) {
                // Written out: operator* of std::complex checks for NaN and is several times
                // slower.
                const double re =
                    roots[k].real() * high[k].real() - roots[k].imag() * high[k].imag();
                const double im =
                    roots[k].real() * high[k].imag() + roots[k].imag() * high[k].real();
                const double lowRe = low[k].real();
                const double lowIm = low[k].imag();
                high[k] = {lowRe - re, lowIm - im};
                low[k] = {lowRe + re, lowIm + im};
            }
        }
}

void Fourier::inverse(std::span<std::complex<double>> values) const noexcept {
    for (auto& v : values)
        v = std::conj(v);
    forward(values);
    const double scale = 1.0 / static_cast<double>(length());
    for (auto& v : values)
        v = std::conj(v) * scale;
}

std::size_t powerOfTwo(std::size_t n) noexcept {
    return std::bit_ceil(std::max<std::size_t>(n, 1));
}

} // namespace likeness::phantoms
