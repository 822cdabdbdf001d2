#pragma once

#include <functional>
#include <string_view>

#include "context.h"
#include "html.h"

namespace dermaga::storefront {

// Fields of forms, each with label, hint and a hidden place for its error ("<id>-error"). They have
// no name: nothing of them can end up in an address, not even without script.
struct Field {
  std::string_view id;
  Message label;
  std::string_view autocomplete;
  std::string_view length_max;
  std::string_view type = "text";
  std::string_view input_mode = "text";
  Message hint = Message::kCount;  // kCount: none
  bool is_required = true;
};
void write_field(Html& html, const Context& context, const Field& field);

struct PasswordField {
  std::string_view id;
  Message label = Message::kPassword;
  bool is_new = false;  // with a hint what it must be
};
// A password with a button that shows it, once script is there. Without a length limit: a browser
// would cut what a password manager pastes.
void write_password(Html& html, const Context& context, const PasswordField& field);

struct Checkbox {
  std::string_view id;
  Message label;
};
void write_checkbox(Html& html, const Context& context, const Checkbox& checkbox);

void write_group(Html& html, const Context& context, Message title,
                 const std::function<void()>& fields);

// Country, street, city, postal code and province of where a parcel goes.
void write_address_fields(Html& html, const Context& context);

void write_error_place(Html& html, std::string_view id);

// "Sealed on this device", with a padlock.
void write_sealed_note(Html& html, const Context& context, Message text);

}  // namespace dermaga::storefront
