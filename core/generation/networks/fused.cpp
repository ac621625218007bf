// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/fused.h"

#include "core/generation/networks/kernels.h"

namespace likeness {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

kernels::Values valuesOf(const torch::Tensor& tensor, std::int64_t image = 0) {
    const bool half = tensor.scalar_type() == torch::kBFloat16;
    const std::int64_t offset =
        image * (tensor.numel() / std::max<std::int64_t>(1, tensor.size(0))) * (half ? 2 : 4);
    return {static_cast<char*>(tensor.data_ptr()) + offset, half};
}

torch::Tensor channelsLast(const torch::Tensor& x) {
    return x.contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor channelsLastLike(const torch::Tensor& x, torch::ScalarType type) {
    return torch::empty(x.sizes(), x.options().dtype(type).requires_grad(false),
                        torch::MemoryFormat::ChannelsLast);
}

/// What both directions need of a call.
struct NormCall {
    kernels::NormShape shape;
    torch::Tensor weight;
    torch::Tensor bias;
    torch::Tensor film;
    torch::Tensor statistics; ///< 2 x N x groups

    [[nodiscard]] kernels::NormParameters parameters(std::int64_t image) const {
        kernels::NormParameters p{weight.data_ptr<float>(), bias.data_ptr<float>(), nullptr,
                                  nullptr};
        if (film.defined()) {
            p.scale = film.data_ptr<float>() + image * 2 * shape.channels;
            p.shift = p.scale + shape.channels;
        }
        return p;
    }

    [[nodiscard]] kernels::NormStatistics of(std::int64_t image) const {
        float* first = statistics.data_ptr<float>() + image * shape.groups;
        return {first, first + statistics.stride(0)};
    }
};

kernels::NormShape shapeOf(const torch::Tensor& x, std::int64_t groups) {
    return {x.size(2) * x.size(3), x.size(1), groups};
}

class NormSiluFunction : public torch::autograd::Function<NormSiluFunction> {
public:
    static torch::Tensor forward(AutogradContext* context,
                                 const torch::Tensor& given,
                                 const torch::Tensor& weight,
                                 const torch::Tensor& bias,
                                 const torch::Tensor& film,
                                 std::int64_t groups,
                                 bool half) {
        const torch::Tensor x = channelsLast(given);
        NormCall call{shapeOf(x, groups),
                      weight.contiguous(),
                      bias.contiguous(),
                      {},
                      torch::empty({2, x.size(0), groups}, torch::kFloat32)};
        if (film.numel() > 0)
            call.film = film.contiguous();
        const torch::Tensor y = channelsLastLike(x, half ? torch::kBFloat16 : torch::kFloat32);
        for (std::int64_t i = 0; i < x.size(0); ++i)
            kernels::normSilu(call.shape, valuesOf(x, i), call.parameters(i), call.of(i),
                              valuesOf(y, i));
        context->save_for_backward({x, weight, bias, film, call.statistics});
        context->saved_data["groups"] = groups;
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list outputs) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& x = saved[0];
        const std::int64_t groups = context->saved_data["groups"].toInt();
        NormCall call{
            shapeOf(x, groups), saved[1].contiguous(), saved[2].contiguous(), {}, saved[4]};
        if (saved[3].numel() > 0)
            call.film = saved[3].contiguous();
        const torch::Tensor yGradient = channelsLast(outputs[0]);
        const torch::Tensor xGradient = channelsLastLike(x, x.scalar_type());
        const torch::Tensor scratch =
            torch::empty({call.shape.pixels * call.shape.channels}, torch::kFloat32);
        const torch::Tensor weight = torch::zeros_like(call.weight);
        const torch::Tensor bias = torch::zeros_like(call.bias);
        torch::Tensor film;
        if (call.film.defined())
            film = torch::empty_like(call.film);
        for (std::int64_t i = 0; i < x.size(0); ++i) {
            kernels::NormGradients gradients{weight.data_ptr<float>(), bias.data_ptr<float>(),
                                             nullptr, nullptr};
            if (film.defined()) {
                gradients.scale = film.data_ptr<float>() + i * 2 * call.shape.channels;
                gradients.shift = gradients.scale + call.shape.channels;
            }
            kernels::normSiluBackward(call.shape,
                                      {valuesOf(x, i), valuesOf(yGradient, i),
                                       valuesOf(xGradient, i), scratch.data_ptr<float>()},
                                      call.parameters(i), call.of(i), gradients);
        }
        return {xGradient, weight, bias, film, torch::Tensor(), torch::Tensor()};
    }
};

class ScaledSumFunction : public torch::autograd::Function<ScaledSumFunction> {
public:
    static torch::Tensor forward(AutogradContext* context,
                                 const torch::Tensor& x,
                                 const torch::Tensor& y,
                                 double factor) {
        const torch::Tensor a = channelsLast(x);
        const torch::Tensor b = channelsLast(y);
        const torch::Tensor out = channelsLastLike(a, torch::kFloat32);
        kernels::scaledSum(out.numel(), valuesOf(a), valuesOf(b), static_cast<float>(factor),
                           valuesOf(out));
        context->saved_data["factor"] = factor;
        context->saved_data["half"] = y.scalar_type() == torch::kBFloat16;
        return out;
    }

    static tensor_list backward(AutogradContext* context, tensor_list outputs) {
        const torch::Tensor gradient = channelsLast(outputs[0]);
        const auto factor = static_cast<float>(context->saved_data["factor"].toDouble());
        const torch::Tensor own = channelsLastLike(gradient, torch::kFloat32);
        kernels::scaledSum(own.numel(), valuesOf(gradient), {}, factor, valuesOf(own));
        torch::Tensor other = own;
        if (context->saved_data["half"].toBool()) {
            other = channelsLastLike(gradient, torch::kBFloat16);
            kernels::scaledSum(own.numel(), valuesOf(gradient), {}, factor, valuesOf(other));
        }
        return {own, other, torch::Tensor()};
    }
};

bool isPlainImage(const torch::Tensor& x) {
    return x.device().is_cpu() && x.dim() == 4 &&
           (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16);
}

} // namespace

torch::Tensor normSilu(const torch::Tensor& x, const NormSilu& options) {
    if (isPlainImage(x) && x.size(1) % 8 == 0)
        return NormSiluFunction::apply(x, options.weight, options.bias,
                                       options.film.defined() ? options.film : torch::empty({0}),
                                       options.groups, options.half);
    torch::Tensor h = torch::group_norm(x.to(torch::kFloat32), options.groups, options.weight,
                                        options.bias, 1e-5);
    if (options.film.defined()) {
        const auto parts = options.film.unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
        h = torch::addcmul(parts[1], h, parts[0] + 1.0);
    }
    h = torch::silu(h);
    return options.half ? h.to(torch::kBFloat16) : h;
}

torch::Tensor scaledSum(const torch::Tensor& x, const torch::Tensor& y, double factor) {
    if (isPlainImage(x) && isPlainImage(y) && x.scalar_type() == torch::kFloat32)
        return ScaledSumFunction::apply(x, y, factor);
    return (x + y) * factor;
}

} // namespace likeness
