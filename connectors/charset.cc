#include "connectors/charset.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::connectors {

namespace {

constexpr std::size_t kRows = 94;
constexpr std::size_t kCp932Leads = 60;    // 81..9F, E0..FC
constexpr std::size_t kCp932Trails = 189;  // 40..FC without 7F is 188; 7F stays empty
constexpr unsigned char kEscape = 0x1B;
constexpr std::size_t kMostOffsets = 1000;

using Byte = unsigned char;

// Two-byte tables lifted once from ICU, strict (0: undefined). ICU's own ISO-2022-JP codecs stop at
// a space inside a kanji run, at ESC $ ( B and at shift-in/out, and cost a call per segment; the
// tables keep ICU as the only source of what a character is, and the state machine ours.
struct Tables {
  std::array<char16_t, kCp932Leads * kCp932Trails> cp932{};
  std::array<char16_t, kRows * kRows> jis0212{};
};

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_strict(const char* codec) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(codec, &status));
  if (U_SUCCESS(status)) {
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  }
  if (U_FAILURE(status)) {
    throw fhir::Error(fhir::ErrorCode::kUnsupported,
                      std::string("charset: ICU has no converter ") + codec +
                          "; install the full ICU data of the operating system");
  }
  return converter;
}

char16_t character(UConverter* converter, std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  std::array<UChar, 4> text{};
  const std::int32_t length =
      ucnv_toUChars(converter, text.data(), static_cast<std::int32_t>(text.size()), bytes.data(),
                    static_cast<std::int32_t>(bytes.size()), &status);
  return U_SUCCESS(status) && length == 1 ? text[0] : u'\0';
}

std::size_t cp932_index(Byte lead, Byte trail) {
  const std::size_t row = lead >= 0xE0 ? static_cast<std::size_t>(lead - 0xE0) + 31
                                       : static_cast<std::size_t>(lead - 0x81);
  return row * kCp932Trails + static_cast<std::size_t>(trail - 0x40);
}

bool cp932_lead(Byte b) { return (b >= 0x81 && b <= 0x9F) || (b >= 0xE0 && b <= 0xFC); }
bool cp932_trail(Byte b) { return b >= 0x40 && b <= 0xFC && b != 0x7F; }

Tables build_tables() {
  Tables tables;
  const Converter cp932 = open_strict("ibm-943_P15A-2003");  // ICU's CP932 (windows-31j)
  const Converter jis = open_strict("ISO-2022-JP-2");
  for (int lead = 0x81; lead <= 0xFC; ++lead) {
    if (!cp932_lead(static_cast<Byte>(lead))) {
      continue;
    }
    for (int trail = 0x40; trail <= 0xFC; ++trail) {
      const std::array<char, 2> bytes{static_cast<char>(lead), static_cast<char>(trail)};
      if (cp932_trail(static_cast<Byte>(trail))) {
        tables.cp932[cp932_index(static_cast<Byte>(lead), static_cast<Byte>(trail))] =
            character(cp932.get(), {bytes.data(), bytes.size()});
      }
    }
  }
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t cell = 0; cell < kRows; ++cell) {
      const std::string bytes = {
          '\x1B', '$', '(', 'D', static_cast<char>(row + 0x21), static_cast<char>(cell + 0x21)};
      tables.jis0212[row * kRows + cell] = character(jis.get(), bytes);
    }
  }
  return tables;
}

// Immutable after the first use; a function-local constant, so that plain ASCII never builds it.
const Tables& tables() {
  static const Tables kTables = build_tables();
  return kTables;
}

char16_t cp932_character(Byte lead, Byte trail) {
  return cp932_lead(lead) && cp932_trail(trail) ? tables().cp932[cp932_index(lead, trail)] : u'\0';
}

bool in_94(Byte b) { return b >= 0x21 && b <= 0x7E; }

// JIS X 0208 by its place in CP932, so that NEC row 13 and the NEC-selected IBM extensions (a
// common writing of a surname stands there) come along: the rules of CP50221.
char16_t jis0208_character(Byte first, Byte second) {
  const int row = (first - 0x21) / 2;
  const int lead = row < 31 ? row + 0x81 : row - 31 + 0xE0;
  int trail = 0;
  if ((first - 0x21) % 2 == 0) {
    trail = second + 0x1F;
    trail += trail >= 0x7F ? 1 : 0;
  } else {
    trail = second + 0x7E;
  }
  return cp932_character(static_cast<Byte>(lead), static_cast<Byte>(trail));
}

char16_t jis0212_character(Byte first, Byte second) {
  return tables().jis0212[static_cast<std::size_t>(first - 0x21) * kRows +
                          static_cast<std::size_t>(second - 0x21)];
}

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kHalfKana = 0xFF61;  // of byte A1, or 21 in a seven-bit kana run

// One decoding: where it stands, where it writes.
class Decoding {
 public:
  Decoding(std::string_view bytes, std::string& out, DecodeFindings& findings)
      : bytes_(bytes), out_(out), findings_(findings) {}

  void iso2022jp();
  void cp932();
  void euc_jp();
  void utf8();
  void latin1();

 private:
  enum class Set { kAscii, kKana, kJis0208, kJis0212 };

  Byte at(std::size_t i) const {
    return i < bytes_.size() ? static_cast<Byte>(bytes_[i]) : Byte{0};
  }
  void bad() {
    if (++findings_.count <= kMostOffsets) {
      findings_.undecodable.push_back(at_);
    }
    append(out_, kReplacement);
  }
  // Writes the character of `length` bytes, or U+FFFD where it is not defined.
  void take(char16_t c, std::size_t length) {
    c == 0 ? bad() : append(out_, c);
    at_ += length;
  }
  bool escape();
  void ascii_run();
  void two_bytes();

  std::string_view bytes_;
  std::string& out_;
  DecodeFindings& findings_;
  std::size_t at_ = 0;
  Set set_ = Set::kAscii;
  Set before_shift_ = Set::kAscii;
  bool shifted_ = false;
};

struct EscapeSequence {
  std::string_view bytes;
  int set;  // of Decoding::Set
};

// ESC ( J is read as ASCII (CP50221): systems that return to it instead of ESC ( B would otherwise
// lose every repetition and escape character that follows.
constexpr std::array<EscapeSequence, 11> kEscapes{{{"\x1B(B", 0},
                                                   {"\x1B(J", 0},
                                                   {"\x1B(H", 0},
                                                   {"\x1B(I", 1},
                                                   {"\x1B$B", 2},
                                                   {"\x1B$@", 2},
                                                   {"\x1B$(B", 2},
                                                   {"\x1B$(@", 2},
                                                   {"\x1B&@\x1B$B", 2},
                                                   {"\x1B$(D", 3},
                                                   {"\x1B$D", 3}}};

bool Decoding::escape() {
  for (const EscapeSequence& sequence : kEscapes) {
    if (bytes_.substr(at_, sequence.bytes.size()) == sequence.bytes) {
      set_ = static_cast<Set>(sequence.set);
      at_ += sequence.bytes.size();
      return true;
    }
  }
  return false;
}

void Decoding::two_bytes() {
  const Byte first = at(at_);
  const Byte second = at(at_ + 1);
  if (!in_94(second)) {  // cut: what follows is read for itself
    take(0, 1);
  } else {
    take(
        set_ == Set::kJis0208 ? jis0208_character(first, second) : jis0212_character(first, second),
        2);
  }
}

// Everything up to the next byte that could mean something else, in one piece.
void Decoding::ascii_run() {
  const auto* const begin = bytes_.begin() + at_ + 1;
  const auto* const end = std::find_if(begin, bytes_.end(), [](char c) {
    const auto b = static_cast<Byte>(c);
    return b >= 0x80 || b == kEscape || b == 0x0E || b == 0x0F || b == '\n';
  });
  const auto length = static_cast<std::size_t>(end - begin) + 1;
  out_.append(bytes_, at_, length);
  at_ += length;
}

void Decoding::iso2022jp() {
  while (at_ < bytes_.size()) {
    const Byte b = at(at_);
    if (b == kEscape) {
      if (escape()) {
        shifted_ = false;
      } else {
        take(0, 1);
      }
    } else if (b == 0x0E && !shifted_) {  // shift out and in: seven-bit kana of older systems
      before_shift_ = set_;
      set_ = Set::kKana;
      shifted_ = true;
      ++at_;
    } else if (b == 0x0F && shifted_) {
      set_ = before_shift_;
      shifted_ = false;
      ++at_;
    } else if (b >= 0x80) {
      take(0, 1);
    } else if (b == '\n') {
      set_ = Set::kAscii;
      shifted_ = false;
      take(u'\n', 1);
    } else if (set_ == Set::kAscii) {
      ascii_run();
    } else if (!in_94(b)) {
      out_ += static_cast<char>(b);
      ++at_;
    } else if (set_ == Set::kKana) {
      take(b <= 0x5F ? static_cast<char16_t>(kHalfKana + b - 0x21) : u'\0', 1);
    } else {
      two_bytes();
    }
  }
  findings_.left_open = findings_.left_open || set_ == Set::kJis0208 || set_ == Set::kJis0212;
}

void Decoding::cp932() {
  while (at_ < bytes_.size()) {
    const Byte b = at(at_);
    if (b < 0x80) {
      out_ += static_cast<char>(b);
      ++at_;
    } else if (b >= 0xA1 && b <= 0xDF) {
      take(static_cast<char16_t>(kHalfKana + b - 0xA1), 1);
    } else {
      const char16_t c = cp932_character(b, at(at_ + 1));
      // An undefined pair costs one byte, so a separator behind a stray lead byte survives.
      take(c, c == 0 ? 1 : 2);
    }
  }
}

void Decoding::euc_jp() {
  while (at_ < bytes_.size()) {
    const Byte b = at(at_);
    const Byte second = at(at_ + 1);
    const Byte third = at(at_ + 2);
    if (b < 0x80) {
      out_ += static_cast<char>(b);
      ++at_;
    } else if (b == 0x8E && second >= 0xA1 && second <= 0xDF) {
      take(static_cast<char16_t>(kHalfKana + second - 0xA1), 2);
    } else if (b == 0x8F && in_94(second & 0x7F) && in_94(third & 0x7F) && second > 0x80 &&
               third > 0x80) {
      take(jis0212_character(second & 0x7F, third & 0x7F), 3);
    } else if (b >= 0xA1 && b <= 0xFE && second >= 0xA1 && second <= 0xFE) {
      take(jis0208_character(b & 0x7F, second & 0x7F), 2);
    } else {
      take(0, 1);
    }
  }
}

void Decoding::utf8() {
  fhir::check(bytes_.size() <= INT32_MAX, "a text to decode has at most 2 GiB");
  const auto length = static_cast<std::int32_t>(bytes_.size());
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes_.data());
  std::int32_t i = 0;
  while (i < length) {
    const std::int32_t begin = i;
    UChar32 c = 0;
    U8_NEXT(data, i, length, c);
    at_ = static_cast<std::size_t>(begin);
    if (c < 0) {
      bad();
    } else {
      out_.append(bytes_, at_, static_cast<std::size_t>(i - begin));
    }
  }
}

void Decoding::latin1() {
  for (const char c : bytes_) {
    append(out_, static_cast<Byte>(c));
  }
}

std::string upper_without_blanks(std::string_view label) {
  std::string out;
  for (const char c : label) {
    if (c != ' ' && c != '_' && c != '-' && c != '/') {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

struct Label {
  std::string_view name;  // upper case, without blanks, '-', '_' and '/'
  Encoding encoding;
};
constexpr std::array<Label, 20> kLabels{
    {{"ISOIR87", Encoding::kIso2022Jp},   {"ISOIR14", Encoding::kIso2022Jp},
     {"ISOIR13", Encoding::kIso2022Jp},   {"ISOIR159", Encoding::kIso2022Jp},
     {"ISO2022JP", Encoding::kIso2022Jp}, {"ISO20221994", Encoding::kIso2022Jp},
     {"UTF8", Encoding::kUtf8},           {"UNICODE", Encoding::kUtf8},
     {"UNICODEUTF8", Encoding::kUtf8},    {"SHIFTJIS", Encoding::kCp932},
     {"SJIS", Encoding::kCp932},          {"MS932", Encoding::kCp932},
     {"CP932", Encoding::kCp932},         {"WINDOWS31J", Encoding::kCp932},
     {"EUCJP", Encoding::kEucJp},         {"EUC", Encoding::kEucJp},
     {"88591", Encoding::kLatin1},        {"ISO88591", Encoding::kLatin1},
     {"ISOIR100", Encoding::kLatin1},     {"LATIN1", Encoding::kLatin1}}};

}  // namespace

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::kAuto:
      return "auto";
    case Encoding::kIso2022Jp:
      return "ISO-2022-JP";
    case Encoding::kCp932:
      return "CP932";
    case Encoding::kEucJp:
      return "EUC-JP";
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kLatin1:
      return "ISO-8859-1";
  }
  return "";
}

void decode(std::string_view bytes, Encoding encoding, std::string& out, DecodeFindings& findings) {
  Decoding decoding(bytes, out, findings);
  switch (encoding) {
    case Encoding::kAuto:
      fhir::fail_check("an encoding is chosen before decoding", __FILE__, __LINE__);
    case Encoding::kIso2022Jp:
      return decoding.iso2022jp();
    case Encoding::kCp932:
      return decoding.cp932();
    case Encoding::kEucJp:
      return decoding.euc_jp();
    case Encoding::kUtf8:
      return decoding.utf8();
    case Encoding::kLatin1:
      return decoding.latin1();
  }
}

bool has_high_byte(std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    if ((word & 0x8080808080808080u) != 0) {
      return true;
    }
  }
  return std::any_of(p, p + left, [](char c) { return (c & 0x80) != 0; });
}

bool has_designation(std::string_view bytes) {
  for (std::size_t at = bytes.find('\x1B'); at != std::string_view::npos;
       at = bytes.find('\x1B', at + 1)) {
    if (at + 1 < bytes.size() && (bytes[at + 1] == '$' || bytes[at + 1] == '(')) {
      return true;
    }
  }
  return false;
}

bool needs_decoding(std::string_view bytes) {
  return !bytes.empty() &&
         (std::memchr(bytes.data(), kEscape, bytes.size()) != nullptr ||
          std::memchr(bytes.data(), 0x0E, bytes.size()) != nullptr || has_high_byte(bytes));
}

Fit fit(std::string_view bytes, Encoding encoding) {
  std::string text;
  DecodeFindings findings;
  decode(bytes, encoding, text, findings);
  Fit result;
  result.bad = findings.count;
  // Half-width kana cost one byte in CP932 and fit any byte from A1 to DF: they speak for nothing.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto b = static_cast<Byte>(text[i]);
    const bool kana =
        b == 0xEF && i + 1 < text.size() &&
        (static_cast<Byte>(text[i + 1]) == 0xBD || static_cast<Byte>(text[i + 1]) == 0xBE);
    result.good += b >= 0xC0 && !kana ? 1 : 0;
  }
  result.good -= std::min(result.good, result.bad);  // U+FFFD itself
  return result;
}

Encoding detect(std::string_view bytes) {
  // A stray high byte in a file of escapes costs itself; read otherwise it would cost every kanji.
  if (!has_high_byte(bytes) || has_designation(bytes)) {
    return Encoding::kIso2022Jp;
  }
  // UTF-8 first: text of another encoding hardly ever forms its sequences. Then EUC-JP, whose lead
  // bytes exclude the common ones of CP932.
  const Fit utf8 = fit(bytes, Encoding::kUtf8);
  if (utf8.good > 3 * utf8.bad) {
    return Encoding::kUtf8;
  }
  const Fit euc = fit(bytes, Encoding::kEucJp);
  const Fit cp932 = fit(bytes, Encoding::kCp932);
  if (euc.bad == 0 || euc.bad < cp932.bad) {
    return Encoding::kEucJp;
  }
  return Encoding::kCp932;
}

std::optional<Encoding> encoding_of_label(std::string_view msh18, char repetition) {
  std::optional<Encoding> found;
  while (!msh18.empty()) {
    const std::size_t end = std::min(msh18.find(repetition), msh18.size());
    const std::string name = upper_without_blanks(msh18.substr(0, end));
    for (const Label& label : kLabels) {
      if (label.name == name && !found) {
        found = label.encoding;
      }
    }
    msh18.remove_prefix(std::min(end + 1, msh18.size()));
  }
  return found;
}

}  // namespace sekisho::connectors
