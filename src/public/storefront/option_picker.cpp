#include "option_picker.h"

#include <algorithm>

namespace dermaga::storefront {

namespace {

using enum Message;

bool is_gone(const Context& context, const product::Variant& variant) {
  return context.view.availability(variant.id) == contract::Availability::kSoldOut;
}

int value_of(const product::Variant& variant, std::size_t option) {
  return option < variant.option_values.size() ? variant.option_values[option] : -1;
}

// The variant a link to this value leads to: as many of the other values kept as there can be,
// one that can be had before one that cannot. Null when no variant has the value.
const product::Variant* variant_with(const Context& context, const product::Product& product,
                                     const product::Variant& chosen, std::size_t option,
                                     int value) {
  const product::Variant* best = nullptr;
  std::pair<std::size_t, bool> best_rank;
  for (const product::Variant& variant : product.variants) {
    if (value_of(variant, option) != value) continue;
    std::size_t kept = 0;
    for (std::size_t other = 0; other < product.options.size(); ++other) {
      if (value_of(variant, other) == value_of(chosen, other)) ++kept;
    }
    const std::pair rank(kept, !is_gone(context, variant));
    if (best == nullptr || rank > best_rank) {
      best = &variant;
      best_rank = rank;
    }
  }
  return best;
}

void write_value(Html& html, const Context& context, const product::Product& product,
                 const product::Variant& chosen, std::size_t option, int value) {
  const product::Variant* target = variant_with(context, product, chosen, option, value);
  if (target == nullptr) {
    return;
  }
  const bool is_chosen = value_of(chosen, option) == value;
  const bool gone = is_gone(context, *target);
  const std::string key = std::to_string(option) + "-" + std::to_string(value);
  html.element(
      "a",
      {{"class", gone ? "chip chip-gone" : "chip"},
       {"href", context.product_link(product) + "?variant=" + target->id.str()},
       {"rel", "nofollow"},
       {"data-option", key},
       {"aria-current", is_chosen ? "true" : "false"}},
      [&] {
        html.text(context.text(product.options[option].values[static_cast<std::size_t>(value)]));
        if (gone) {
          html.raw(" ");
          html.element("span", {{"class", "visually-hidden"}}, [&] {
            html.raw("(");
            html.text(context.say(kOptionUnavailable));
            html.raw(")");
          });
        }
      });
}

}  // namespace

const product::Variant& chosen_variant(const Context& context, const product::Product& product) {
  const std::string_view asked = context.query.first("variant");
  const auto named = std::ranges::find_if(
      product.variants, [asked](const product::Variant& one) { return one.id.str() == asked; });
  if (named != product.variants.end()) {
    return *named;
  }
  const auto in_stock = std::ranges::find_if(
      product.variants, [&](const product::Variant& one) { return !is_gone(context, one); });
  return in_stock == product.variants.end() ? product.variants.front() : *in_stock;
}

void write_option_picker(Html& html, const Context& context, const product::Product& product,
                         const product::Variant& chosen) {
  for (std::size_t option = 0; option < product.options.size(); ++option) {
    const std::string label_id = "option-" + std::to_string(option);
    const auto& values = product.options[option].values;
    html.element("div", {{"class", "option"}}, [&] {
      html.element("p", {{"id", label_id}, {"class", "option-name"}},
                   context.text(product.options[option].name));
      html.element("div", {{"class", "chips"}, {"role", "group"}, {"aria-labelledby", label_id}},
                   [&] {
                     for (std::size_t value = 0; value < values.size(); ++value) {
                       write_value(html, context, product, chosen, option, static_cast<int>(value));
                     }
                   });
    });
  }
}

}  // namespace dermaga::storefront
