#include "agent/config/flags.h"

#include <CLI/CLI.hpp>
#include <deque>
#include <exception>
#include <map>
#include <set>
#include <sstream>

namespace vitals {
namespace {

// The commands, each with flags of its own.
class CommandLine {
 public:
  CommandLine() {
    app_.set_help_flag("-h,--help", "print this help and exit");
    run_ = Add(app_, "run", "watch the broker and answer probes until SIGTERM");
    look_ = Add(app_, "check", "look at the broker once: each stage of a connect");
    AddCheck();
    worker_ = Add(app_, kWorkerCommand, "what run starts");
    worker_->group("");  // not in the help
    config_ = app_.add_subcommand("config", "work with the configuration");
    check_ = Add(*config_, "check", "read the configuration, report every mistake");
    print_ = Add(*config_, "print", "print the effective configuration as YAML");
    schema_ = Add(*config_, "schema", "print the JSON Schema of the configuration file");
    rules_ = app_.add_subcommand("rules", "try the rules of a profile on logs");
    AddRules();
    AddReplay();
    AddControl();
    version_ = app_.add_subcommand("version", "print the version");
    app_.require_subcommand(0, 1);  // none: Parse prints the help
    config_->require_subcommand(0, 1);
    rules_->require_subcommand(0, 1);
  }

  tl::expected<Invocation, Exit> Parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      std::ostringstream out, err;
      const bool usage = app_.exit(error, out, err) != 0;
      const int code = look_->count() > 0 ? 3 : 2;
      return tl::unexpected(Exit{usage ? code : 0, out.str(), err.str()});
    }
    if (look_->parsed()) return CheckGiven();
    if (run_->parsed()) return Invoke(Subcommand::kRun, run_);
    if (worker_->parsed()) return Invoke(Subcommand::kWorker, worker_);
    if (check_->parsed()) return Invoke(Subcommand::kConfigCheck, check_);
    if (print_->parsed()) return Invoke(Subcommand::kConfigPrint, print_);
    if (schema_->parsed()) return Invoke(Subcommand::kConfigSchema, schema_);
    if (rules_test_->parsed()) return Invocation{Subcommand::kRulesTest, {}, RulesGiven()};
    if (rules_check_->parsed()) return Invocation{Subcommand::kRulesCheck, {}, RulesGiven()};
    if (replay_->parsed()) return ReplayGiven();
    for (const auto& [command, app] : control_) {
      if (app->parsed()) return ControlGiven(command, app);
    }
    if (version_->parsed()) return Invocation{Subcommand::kVersion, {}, {}};
    for (const CLI::App* group : {config_, rules_}) {
      if (group->parsed()) return tl::unexpected(Exit{2, {}, group->help("mqtt-vitals")});
    }
    return tl::unexpected(Exit{2, {}, app_.help()});
  }

 private:
  static CLI::App* Add(CLI::App& parent, const char* name, const char* help,
                       const std::set<std::string_view>& only = {}) {
    CLI::App* command = parent.add_subcommand(name, help);
    for (const FlagInfo& flag : FlagList()) {
      if (!only.empty() && !only.contains(flag.name)) continue;
      CLI::Option* option = command->add_option(std::string(flag.name));
      option->description(std::string(flag.help));
      option->type_name(std::string(flag.value));
      // One value a flag, so that what follows is never swallowed.
      option->expected(1);
      option->multi_option_policy(flag.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                  : CLI::MultiOptionPolicy::Throw);
    }
    return command;
  }

  static void AddOutput(CLI::App& command, std::string& output) {
    command.add_option("-o", output, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("text|json")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }

  void AddCheck() {
    look_->add_option("URL", urls_, "endpoints to look at, as with --broker");
    AddOutput(*look_, output_);
    look_->add_flag("--round-trip", check_given_.round_trip, "send a message around too");
    look_->add_flag("--as-probe", check_given_.as_probe,
                    "exit with 1 only if critical, else with 0");
    look_->add_option("--timeout", check_given_.timeout, "give up after this; 5s if not given")
        ->type_name("DURATION");
  }

  Invocation CheckGiven() const {
    Invocation invocation = Invoke(Subcommand::kCheck, look_);
    std::vector<std::string>& brokers = invocation.flags.brokers;
    brokers.insert(brokers.begin(), urls_.begin(), urls_.end());
    invocation.check = check_given_;
    invocation.check.json = IsJson();
    return invocation;
  }

  void AddRules() {
    rules_test_ = rules_->add_subcommand("test", "say what fires on each line of a log, and why");
    rules_test_->add_option("PROFILE", profile_, "auto, a shipped profile, or a profile file")
        ->required();
    rules_test_->add_option("FILE", files_, "log files; - is the standard input")->required();
    AddOutput(*rules_test_, output_);
    rules_test_->add_flag("--summary", summary_, "print the summary only");
    rules_check_ = rules_->add_subcommand("check", "validate a profile of your own");
    rules_check_->add_option("FILE", check_file_, "the profile file")->required();
  }

  void AddReplay() {
    replay_ = app_.add_subcommand("replay", "judge anew what was recorded, or a broker's log");
    replay_->add_option("FILE", files_, "recordings, folders of them, or logs of a broker")
        ->required();
    replay_
        ->add_option("--policy", policy_, "its name, or a file with keys of it; else as recorded")
        ->type_name("NAME|FILE")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    replay_->add_option("--profile", profile_, "auto, a shipped profile, or a profile file")
        ->type_name("NAME")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    AddOutput(*replay_, output_);
  }

  Invocation ReplayGiven() const {
    Invocation invocation;
    invocation.command = Subcommand::kReplay;
    invocation.replay = {files_, policy_, profile_, IsJson()};
    return invocation;
  }

  // Those for a running agent; the flags say where it can be reached.
  void AddControl() {
    const auto add = [this](Subcommand command, const char* name, const char* help) {
      control_[command] = Add(app_, name, help, {"--config", "--state-dir", "--control-socket"});
      return control_[command];
    };
    CLI::App* drain = add(Subcommand::kDrain, "drain", "let readiness fail until undrain");
    drain->add_flag("--wait", control_given_.wait, "wait until the clients have left the broker");
    drain
        ->add_option("--timeout", control_given_.timeout,
                     "wait for so long at most; 30s if not given")
        ->type_name("DURATION");
    add(Subcommand::kUndrain, "undrain", "end a drain");
    CLI::App* hold = add(Subcommand::kHold, "hold", "let liveness pass for a while");
    hold->add_option("--for", control_given_.length, "how long")->type_name("DURATION")->required();
    hold->add_option("--reason", control_given_.reason, "why, for all who wonder")
        ->type_name("TEXT")
        ->required();
    add(Subcommand::kRelease, "release", "end a hold");
    add(Subcommand::kReload, "reload", "read the configuration anew");
  }

  Invocation ControlGiven(Subcommand command, const CLI::App* app) const {
    Invocation invocation = Invoke(command, app);
    invocation.control = control_given_;
    return invocation;
  }

  bool IsJson() const { return output_ == "json"; }

  RulesFlags RulesGiven() const {
    if (rules_check_->parsed()) return {{}, {check_file_}};
    return {profile_, files_, IsJson(), summary_};
  }

  static Invocation Invoke(Subcommand command, const CLI::App* app) {
    Invocation invocation{command, {}, {}};
    for (const FlagInfo& flag : FlagList()) {
      const CLI::Option* option = app->get_option_no_throw(std::string(flag.name));
      if (option == nullptr || option->empty()) continue;
      const std::vector<std::string>& given = option->results();
      if (flag.key.empty()) {
        invocation.flags.config = given.front();
      } else if (flag.key == "endpoints") {
        invocation.flags.brokers = given;
      } else if (flag.key == "log.paths") {
        invocation.flags.logs = given;
      } else {
        invocation.flags.values.push_back({flag.name, flag.key, given.front()});
      }
    }
    return invocation;
  }

  CLI::App app_{"Tells Kubernetes, Prometheus and people whether an MQTT broker works.",
                "mqtt-vitals"};
  CLI::App *run_, *worker_, *look_, *config_, *check_, *print_, *schema_, *version_;
  CLI::App *rules_, *rules_test_, *rules_check_, *replay_;
  std::string profile_, policy_, output_, check_file_;
  std::vector<std::string> files_, urls_;
  std::map<Subcommand, CLI::App*> control_;
  CheckFlags check_given_;
  ControlFlags control_given_;
  bool summary_ = false;
};

}  // namespace

tl::expected<Invocation, Exit> ParseCommandLine(int argc, const char* const* argv) {
  try {
    return CommandLine().Parse(argc, argv);
  } catch (const std::exception& error) {
    return tl::unexpected(Exit{2, {}, std::string(error.what()) + "\n"});
  }
}

const std::vector<FlagInfo>& FlagList() {
  static const std::vector<FlagInfo> flags = {
      {"--config", "FILE", "", false, "YAML file with the configuration"},
      {"--broker", "URL", "endpoints", true,
       "an endpoint of the broker, such as mqtt://127.0.0.1:1883"},
      {"--log", "GLOB", "log.paths", true, "log files of the broker"},
      {"--profile", "NAME", "broker.profile", false,
       "auto, a shipped profile, or the path of a profile file"},
      {"--username", "NAME", "broker.username", false, "user name for the broker"},
      {"--password-file", "FILE", "broker.password_file", false, "file with the password"},
      {"--probe-listen", "ADDR:PORT", "probe.listen", false, "where the kubelet asks"},
      {"--web-listen", "ADDR:PORT", "web.listen", false,
       "where metrics and the status page are served"},
      {"--state-dir", "DIR", "state.dir", false, "folder for state that outlives the agent"},
      {"--control-socket", "FILE", "control.socket", false,
       "where commands such as drain reach the agent"},
  };
  return flags;
}

}  // namespace vitals
