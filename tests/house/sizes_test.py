#!/usr/bin/env python3
"""The function finder sees functions, and only functions, at their length."""

import unittest

import sizes

SOURCE = """\
#define OPEN {
namespace a {
// } comment
struct S {
  int f() const { return 1; }
  std::vector<int> list = {1, 2};
};
const char* text = "{";
const char* raw = R"x({{{ " )x";
int g(int x) {
  if (x) {
    return '{';
  }
  return 1'000;
}
S::S(int x)
    : x_(x) {
  auto l = [&] {
    return 1;
  };
}
auto h() -> int {
  return 2;
}
TEST(A, B) {
  g(1);
}
}  // namespace a
"""


class SizesTest(unittest.TestCase):
    def test_functions_and_their_lines(self):
        found = [(first, length) for first, length, _ in sizes.functions(SOURCE)]
        self.assertEqual(found, [(5, 1), (10, 6), (17, 5), (22, 3), (25, 3)])

    def test_a_long_function_is_seen(self):
        body = "  x();\n" * 69
        self.assertEqual([n for _, n, _ in sizes.functions("void f() {\n" + body + "}\n")], [71])


if __name__ == "__main__":
    unittest.main()
