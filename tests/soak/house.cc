#include "tests/soak/house.h"

#include <stdexcept>
#include <utility>

#include "adapter/agent/channel.h"
#include "adapter/agent/command.h"
#include "adapter/platform/durable_file.h"
#include "adapter/platform/process.h"

namespace sekisho::soak {
namespace {

class Collected final : public agent::Console {
 public:
  void out(std::string_view line) override { said.out += std::string(line) + "\n"; }
  void err(std::string_view line) override { said.err += std::string(line) + "\n"; }
  void progress(std::string_view) override {}
  bool terminal() const override { return false; }
  Said said;
};

std::string config_text(const std::filesystem::path& folder, const std::filesystem::path& storage) {
  const std::string tls = (folder / "tls").string();
  return R"({"facility":{"institution_number":"1319999999","name":"架空病院"},)"
         R"("storages":[{"name":"main","path":")" +
         storage.string() +
         R"("}],"hub":{"address":"127.0.0.1","port":0,"threads":4,"certificate":")" + tls +
         R"(/server.pem","private_key":")" + tls + R"(/server.key","client_ca":")" + tls +
         R"(/ca.pem","base_url":"https://localhost:8443/fhir"},"health":{"port":0},)"
         R"("registry":{"sources":[{"name":"counter","max_age_s":129600}]},)"
         R"("log":{"keep_days":10,"max_megabytes":1}})";
}

}  // namespace

House::House(std::filesystem::path folder, const std::filesystem::path& storage, fhir::Instant now)
    : folder_(std::move(folder)),
      now_ms_(now.ms),
      places_(config::default_places((folder_ / "home").string())) {
  std::filesystem::create_directories(folder_ / "tls");
  authorities_.push_back(std::make_unique<fakes::CertificateAuthority>("soak 0"));
  write_tls();
  installation_ = std::make_unique<agent::Installation>(places_, [this] { return this->now(); });
  log_ = std::make_unique<log::Log>([this] { return this->now(); }, std::vector<log::Log::Sink>{});
  const Said made = command({"init", "--institution", "1319999999"});
  if (made.exit != 0) {
    throw std::runtime_error("init: " + made.err);
  }
  platform::write_file(places_.config_file, config_text(folder_, storage));
}

House::~House() { stop(); }

void House::set_now(fhir::Instant now) {
  now_ms_ = now.ms;
  hub_.reset();  // an hour is longer than an idle connection lives
}

void House::start() {
  installation_ = std::make_unique<agent::Installation>(places_, [this] { return this->now(); });
  log_ = std::make_unique<log::Log>([this] { return this->now(); },
                                    std::vector<log::Log::Sink>{installation_->log_files()});
  installation_->become_writer();
  serving_ = std::make_unique<agent::Serving>(
      *installation_, [this] { return this->now(); }, *log_);
}

void House::stop() {
  hub_.reset();
  serving_.reset();
  installation_ = std::make_unique<agent::Installation>(places_, [this] { return this->now(); });
}

Said House::command(const std::vector<std::string>& words) {
  Collected console;
  const agent::Found found = agent::find_command(words);
  if (found.command == nullptr) {
    throw std::runtime_error("no command " + words.front());
  }
  const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(found.words),
                                      words.end());
  if (serving_ && found.command->place == agent::Command::Place::kAgent) {
    agent::Call call{words, "en", false, {}};
    const agent::Arguments arguments = agent::Arguments::parse(rest, found.command->options);
    for (const std::string& path : arguments.operands()) {
      if (found.command->operands_are_files) {
        call.files.emplace_back(path, platform::read_file(path));
      }
    }
    console.said.exit = agent::call_agent(places_.command_socket, call, console).value_or(-1);
    return console.said;
  }
  const std::atomic<bool> never{false};
  agent::Installation own(places_, [this] { return this->now(); });
  agent::Session session{agent::Arguments::parse(rest, found.command->options),
                         agent::Language::kEnglish,
                         "soak",
                         [this] { return this->now(); },
                         console,
                         own,
                         [](const std::string& path) { return platform::read_file(path); },
                         never,
                         *log_};
  console.said.exit = agent::run_command(*found.command, session);
  return console.said;
}

std::string House::file(const std::string& name, const std::string& text) {
  const std::string path = (folder_ / name).string();
  platform::write_file(path, text);
  return path;
}

std::string House::patient_id(const std::string& number) {
  return installation_->id_key().logical_id("Patient", {number});
}

void House::connect() {
  hub_ = std::make_unique<fakes::HttpClient>(serving_->hub_port(), context_);
  if (!hub_->connected()) {
    throw std::runtime_error("the hub cannot connect");
  }
}

Answer House::get(const std::string& target) {
  const std::string request = "GET /fhir/" + target +
                              " HTTP/1.1\r\nHost: localhost\r\nSekisho-Permit: " + permit +
                              "\r\n\r\n";
  if (!hub_) {
    connect();
  }
  const fakes::HttpAnswer answer = hub_->ask(request);
  if (answer.status == 0) {
    throw std::runtime_error("no answer");
  }
  ++answered_;
  Answer result{answer.status, {}};
  if (!answer.body.empty()) {
    result.body = fhir::parse_json(answer.body);
  }
  return result;
}

void House::write_tls() {
  fakes::CertificateAuthority& authority = *authorities_.back();
  fakes::CertificateWish server;
  server.server = true;
  const fakes::Identity identity = authority.issue(server);
  fakes::CertificateWish client;
  client.uris = {"urn:sekisho:soak:hub"};
  former_ = std::exchange(client_, authority.issue(client));
  std::string accepted;
  for (std::size_t i = accepted_from_; i < authorities_.size(); ++i) {
    accepted += authorities_[i]->certificate();
  }
  file("tls/server.key", identity.private_key);
  file("tls/server.pem", identity.certificate);
  file("tls/ca.pem", accepted);
  context_ =
      fakes::client_context({authority.certificate(), client_.certificate, client_.private_key});
}

void House::rotate_certificates() {
  accepted_from_ = authorities_.size() - 1;
  authorities_.push_back(
      std::make_unique<fakes::CertificateAuthority>("soak " + std::to_string(authorities_.size())));
  write_tls();
  hub_.reset();
}

void House::forget_former_authority() {
  accepted_from_ = authorities_.size() - 1;
  file("tls/ca.pem", authorities_.back()->certificate());
  hub_.reset();
}

bool House::former_client_connects() {
  fakes::HttpClient client(serving_->hub_port(),
                           fakes::client_context({authorities_.back()->certificate(),
                                                  former_.certificate, former_.private_key}));
  const bool answered =
      client.ask("GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n").status != 0;
  answered_ += answered ? 1 : 0;
  return answered;
}

}  // namespace sekisho::soak
