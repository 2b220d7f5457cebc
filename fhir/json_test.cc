#include "fhir/json.h"

#include <gtest/gtest.h>

#include <string>

#include "fhir/ndjson.h"
#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using namespace std::string_view_literals;
using tests::ExactBytes;

std::string rewritten(std::string_view text) {
  const ExactBytes bytes(text);
  return write_json(parse_json(bytes.view()));
}

TEST(ParseJson, KeepsDecimalsAsWritten) {
  const Json dose = parse_json(R"({"value": 1.50})");
  ASSERT_NE(dose.find("value"), nullptr);
  EXPECT_EQ(*dose.find("value")->get<Number>(), Number{"1.50"});
}

TEST(ParseJson, DoesNotMistakeANumberForAText) {
  const Json both = parse_json(R"([1.0,"1.0"])");
  EXPECT_NE(both.get<Json::Array>()->at(0), both.get<Json::Array>()->at(1));
}

// Texts that come back byte for byte.
class ParseJsonKeeps : public testing::TestWithParam<std::pair<const char*, std::string_view>> {};
TEST_P(ParseJsonKeeps, AsItIs) { EXPECT_EQ(rewritten(GetParam().second), GetParam().second); }
INSTANTIATE_TEST_SUITE_P(
    All, ParseJsonKeeps,
    testing::Values(std::pair{"Null", "null"sv}, std::pair{"True", "true"sv},
                    std::pair{"EmptyText", "\"\""sv}, std::pair{"EmptyArray", "[]"sv},
                    std::pair{"EmptyObject", "{}"sv}, std::pair{"Zero", "0"sv},
                    std::pair{"MinusZero", "-0"sv}, std::pair{"Negative", "-1"sv},
                    std::pair{"TrailingZeros", "[1.50,2.00,0.10]"sv},
                    std::pair{"Exponents", "[1E+5,-1.5e-10,2e3]"sv},
                    std::pair{"TwentyThreeDigits", "12345678901234567890123"sv},
                    // RapidJSON 1.1.0 overflows an int on this exponent when it computes the value.
                    std::pair{"ExponentThatOverflowedAnInt", "1.00000000001e-2147483638"sv},
                    std::pair{"MemberOrder", R"({"b":1,"a":2,"":3})"sv},
                    std::pair{"Japanese", R"(["髙橋","①","ｶﾅ","😀"])"sv},
                    std::pair{"HangulBeforeTheSurrogates", "\"\xED\x9F\xBF\""sv},
                    std::pair{"Escapes", R"("a\"b\\c\n\t\r\b\f\u0001")"sv},
                    std::pair{"Slash", R"("http://hl7.org/fhir")"sv},
                    std::pair{"Nested", R"({"a":[{"b":[[],{}]},null,false]})"sv}),
    [](const auto& row) { return std::string(row.param.first); });

TEST(ParseJson, JoinsASurrogatePair) { EXPECT_EQ(rewritten(R"("\ud83d\ude00")"), "\"😀\""); }

TEST(ParseJson, TakesBlanksOfAllKinds) { EXPECT_EQ(rewritten(" \t\r\n[ 1 , 2 ] \n"), "[1,2]"); }

struct Refused {
  const char* name;
  std::string_view text;
  std::size_t offset;
  const char* because;
};
class ParseJsonRefuses : public testing::TestWithParam<Refused> {};
TEST_P(ParseJsonRefuses, WithPlaceAndReason) {
  const ExactBytes bytes(GetParam().text);
  try {
    parse_json(bytes.view());
    FAIL() << "accepted";
  } catch (const JsonError& e) {
    EXPECT_EQ(e.code(), ErrorCode::kInput);
    EXPECT_EQ(e.offset(), GetParam().offset) << e.what();
    EXPECT_NE(e.reason().find(GetParam().because), std::string::npos) << e.what();
    EXPECT_EQ(e.text(), "byte " + std::to_string(e.offset()) + ": " + e.reason());
  }
}
INSTANTIATE_TEST_SUITE_P(
    All, ParseJsonRefuses,
    testing::Values(
        Refused{"Nothing", "", 0, "empty"}, Refused{"BlanksOnly", " \n", 2, "empty"},
        Refused{"MemberTwice", R"({"id":"a","id":"b"})", 14, "\"id\" is given twice"},
        Refused{"MemberTwiceBelow", R"([{"a":{"x":1,"x":1}}])", 16, "\"x\" is given twice"},
        Refused{"MemberTwiceByEscape", R"({"id":1,"\u0069d":2})", 17, "\"id\" is given twice"},
        Refused{"CutUtf8", "\"\xF0\x9F", 1, "Invalid encoding"},
        Refused{"CutUtf8AtTheVeryEnd", "\"\xF0", 1, "Invalid encoding"},
        Refused{"OverlongSlash", "\"\xC0\xAF\"", 1, "Invalid encoding"},
        Refused{"OverlongNul", "\"\xC0\x80\"", 1, "Invalid encoding"},
        Refused{"Latin1", "\"caf\xE9\"", 4, "Invalid encoding"},
        Refused{"AboveUnicode", "\"\xF4\x90\x80\x80\"", 1, "Invalid encoding"},
        Refused{"RawSurrogate", "\"\xED\xB0\x80\"", 1, "Invalid encoding"},
        Refused{"BytesAfterNul", "{}\0{}"sv, 2, "NUL"},
        Refused{"NulInAText", "\"a\0b\""sv, 2, "NUL"},
        Refused{"EscapedNul", R"(["a\u0000b"])", 11, "NUL in a string"},
        Refused{"LoneHighSurrogate", R"("\ud800")", 1, "surrogate"},
        Refused{"HighSurrogateThenLetter", R"("\ud800\u0041")", 1, "surrogate"},
        Refused{"LoneLowSurrogate", R"("\udc00")", 8, "lone surrogate"},
        Refused{"LoneLowSurrogateInAName", R"({"\udfff":1})", 9, "lone surrogate"},
        Refused{"RawNewline", "\"a\nb\"", 2, "Invalid"},
        Refused{"OpenText", "\"abc", 4, "quotation"},
        Refused{"SecondValue", "{} {}", 3, "must not be followed"},
        Refused{"LeadingZero", "01", 1, "must not be followed"},
        Refused{"BareFraction", "1.", 2, "fraction"},
        Refused{"BarePoint", ".5", 0, "Invalid value"}, Refused{"Plus", "+1", 0, "Invalid value"},
        Refused{"NotANumber", "NaN", 0, "Invalid value"},
        Refused{"TrailingComma", "[1,]", 3, "Invalid value"},
        Refused{"SingleQuotes", "'a'", 0, "Invalid value"},
        Refused{"CommentWithoutTheFlag", "// a\n1", 0, "Invalid value"},
        Refused{"ByteOrderMark", "\xEF\xBB\xBF{}", 0, "byte order mark"},
        Refused{"OpenObject", R"({"a":1)", 6, "comma or '}'"},
        Refused{"OpenArray", "[1", 2, "comma or ']'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ParseJson, RepeatsNoValueInItsErrors) {
  for (const std::string_view text : {R"({"name":"MARKER" "x":1})"sv, R"(["MARKER\udc00"])"sv,
                                      R"({"a":"MARKER","a":"MARKER"})"sv, "[MARKER]"sv}) {
    try {
      parse_json(text);
      FAIL() << "accepted";
    } catch (const JsonError& e) {
      EXPECT_EQ(std::string_view(e.what()).find("MARKER"), std::string_view::npos) << e.what();
    }
  }
}

TEST(ParseJson, CutsALongNameInAnErrorAtACharacter) {
  std::string name;
  for (int i = 0; i < 50; ++i) {
    name += "あ";
  }
  try {
    parse_json("{\"" + name + "\":1,\"" + name + "\":2}");
    FAIL() << "accepted";
  } catch (const JsonError& e) {
    EXPECT_LT(e.reason().size(), 100u);
    EXPECT_NO_THROW(parse_json("\"" + name.substr(0, 63) + "\""));
    EXPECT_NE(e.reason().find(name.substr(0, 63) + "..."), std::string::npos) << e.what();
  }
}

TEST(ParseJson, StopsAtTheDepthLimit) {
  JsonLimits limits;
  limits.max_depth = 3;
  EXPECT_NO_THROW(parse_json(R"([[{"a":1}]])", limits));
  EXPECT_THROW(parse_json("[[[[]]]]", limits), JsonError);
}

TEST(ParseJson, SurvivesAMillionNestedArrays) {
  for (const char* open : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) {
      text += open;
    }
    EXPECT_THROW(parse_json(text), JsonError);
  }
}

TEST(ParseJson, FindsARepeatedNameAmongManyWithoutComparingAllPairs) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) {
    text += "\"m" + std::to_string(i) + "\":0,";
  }
  EXPECT_EQ(parse_json(text + "\"last\":0}").get<Json::Object>()->size(), 200'001u);
  EXPECT_THROW(parse_json(text + "\"m7\":0}"), JsonError);
}

TEST(ParseJson, TakesCommentsWhenTheyAreAllowed) {
  JsonLimits limits;
  limits.comments = true;
  const ExactBytes bytes("/* a */ {// b\n\"x\": /* c */ 1 /* d */, \"y\":\"//no\"} // e");
  EXPECT_EQ(write_json(parse_json(bytes.view(), limits)), R"({"x":1,"y":"//no"})");
  for (const std::string_view open : {"1 /* open"sv, "1 /"sv, "/*"sv, "/"sv, "//"sv}) {
    const ExactBytes cut(open);
    EXPECT_THROW(parse_json(cut.view(), limits), JsonError) << open;
  }
}

TEST(ParseJson, ReadsEveryPrefixOfATextWithinItsBytes) {
  const std::string text = R"({"a":[1.5e3,"\ud83d\ude00","é",true,null],"b":{"c":"\\"}})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const ExactBytes bytes(std::string_view(text).substr(0, size));
    EXPECT_THROW(parse_json(bytes.view()), JsonError) << size;
  }
}

TEST(Json, FindsSetsReplacesAndErasesMembersInOrder) {
  Json json;
  json.set("a", 1 == 1).set("b", "x").set("c", Json::integer(-7));
  json.set("b", Json::Array{Json("y")});
  EXPECT_EQ(write_json(json), R"({"a":true,"b":["y"],"c":-7})");
  EXPECT_TRUE(json.erase("a"));
  EXPECT_FALSE(json.erase("a"));
  EXPECT_EQ(write_json(json), R"({"b":["y"],"c":-7})");
  EXPECT_EQ(json.items("b").size(), 1u);
  EXPECT_TRUE(json.items("c").empty());
  EXPECT_EQ(json.text("b"), "");
  EXPECT_EQ(Json("text").find("a"), nullptr);
}

TEST(Json, IsAValue) {
  Json one = parse_json(R"({"a":{"b":[1]}})");
  const Json two = one;
  one.find("a")->find("b")->push(Json::integer(2));
  EXPECT_EQ(write_json(one), R"({"a":{"b":[1,2]}})");
  EXPECT_EQ(write_json(two), R"({"a":{"b":[1]}})");
  EXPECT_NE(one, two);
}

TEST(JsonDeathTest, StopsWhereAMemberIsSetOnAText) {
  Json json("text");
  EXPECT_DEATH(json.set("a", true), "Json::set on a value that is no object");
  EXPECT_DEATH(json.push(true), "Json::push on a value that is no array");
}

TEST(WriteJson, LaysOutForPeople) {
  EXPECT_EQ(write_json_pretty(parse_json(R"({"a":[1,{"b":[]}],"c":{}})")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
}

TEST(JsonPositions, AreLinesAndCharactersFromOne) {
  JsonLimits limits;
  limits.comments = true;
  const std::string text = "// 病院\n{\"名/~\": [1, {\"x\": null}],\n  \"b\" : \"é\", \"c\":2}";
  std::string found;
  for (const JsonPosition& at : json_positions(text, limits)) {
    found += at.pointer + "@" + std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
  }
  EXPECT_EQ(found,
            "@2:1 /名~1~0@2:9 /名~1~0/0@2:10 /名~1~0/1@2:13 /名~1~0/1/x@2:19 /b@3:9 /c@3:18 ");
}

TEST(Ndjson, CallsWithEachLineAndItsNumber) {
  const ExactBytes bytes("{\"a\":1}\r\n\n  \n[2]\n3");
  std::string seen;
  for_each_ndjson(bytes.view(), [&](std::size_t number, const Json& value) {
    seen += std::to_string(number) + write_json(value) + " ";
  });
  EXPECT_EQ(seen, R"(1{"a":1} 4[2] 53 )");
}

TEST(Ndjson, NamesTheLineThatIsNoJson) {
  try {
    for_each_ndjson("1\n2\n{\n", [](std::size_t, const Json&) {});
    FAIL() << "accepted";
  } catch (const JsonError& e) {
    EXPECT_EQ(e.offset(), 5u);
    EXPECT_EQ(e.reason().substr(0, 7), "line 3:");
  }
}

}  // namespace
}  // namespace sekisho::fhir
