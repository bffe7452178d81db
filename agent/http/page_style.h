// The style sheet of the status page: light and dark by the reader's wish, one column on a phone.
// Text and its ground differ by at least 4.5:1 (WCAG 2.1, 1.4.3); tests/browser looks at that.
#pragma once

#include <string_view>

namespace vitals {

inline constexpr std::string_view kPageStyle = R"(
:root { color-scheme: light dark;
  --ground: #f4f6f8; --panel: #fff; --line: #d5dbe1; --text: #1b2127; --muted: #56606b;
  --link: #0a58b8; --good: #0f5f2c; --good-bg: #dcf5e3; --bad: #9d1224; --bad-bg: #fde7e9;
  --notice: #714600; --notice-bg: #fdf0c8; --unknown: #4c5661; --unknown-bg: #e6eaee;
  --c1: #2a6fdb; --c2: #8b5bd6; --c3: #0c8a80; --c4: #c2680a; --lost: #d63a4a; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0e1318; --panel: #171d24; --line: #313a44; --text: #e4eaf0; --muted: #9ba6b1;
  --link: #7db7ff; --good: #6fdd94; --good-bg: #12301e; --bad: #ff9aa2; --bad-bg: #3b161b;
  --notice: #f0c35a; --notice-bg: #352a0e; --unknown: #b4bec8; --unknown-bg: #29313a;
  --c1: #5b9bff; --c2: #b28cf5; --c3: #3fc1b5; --c4: #ee9a42; --lost: #e75a68; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--ground);
  color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1, h2, h3, p, ul, ol, dl { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--link); }
code { font: .88em ui-monospace, "DejaVu Sans Mono", monospace; color: var(--muted);
  overflow-wrap: anywhere; }
p, li, dd, td, h3, .chip { overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; align-items: baseline;
  justify-content: space-between; }
.brand { font-weight: 700; letter-spacing: .02em; }
.muted { color: var(--muted); font-weight: 400; }
section { margin-top: 1.6rem; }
h2 { font-size: 1.1rem; margin-bottom: .5rem; }
h3 { font-size: 1rem; }
.panel, .card { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; }
.chip { display: inline-block; border-radius: .4rem; padding: 0 .5em; font-weight: 600;
  background: var(--bg); color: var(--fg); }
.good { --fg: var(--good); --bg: var(--good-bg); }
.bad { --fg: var(--bad); --bg: var(--bad-bg); }
.notice { --fg: var(--notice); --bg: var(--notice-bg); }
.unknown { --fg: var(--unknown); --bg: var(--unknown-bg); }
.hero { margin-top: .8rem; padding: 1rem 1.2rem; border-radius: .6rem; background: var(--panel);
  border: 1px solid var(--line); border-left: .5rem solid var(--fg); }
.hero h1 { font-size: 1.5rem; line-height: 1.3; margin-bottom: .4rem; }
.hero h1 .chip { background: none; padding: 0; }
.hero h2 { font-size: .95rem; margin: .6rem 0 .2rem; }
.hero li { padding-left: 1.1em; text-indent: -1.1em; }
.hero li::before { content: "→ "; color: var(--muted); }
.cards { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); }
.cards + p { margin-top: .5rem; }
.card { border-top: .3rem solid var(--fg); }
.card p { margin-top: .4rem; }
.verdict .chip { font-size: 1.15rem; } .since { display: block; margin-top: .3rem; }
.checks li { margin-top: .4rem; font-size: .92rem; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 600; }
.subject { font-weight: 400; display: block; color: var(--muted); overflow-wrap: anywhere; }
table.panel { display: block; }
table.panel thead, table.panel tbody { display: table; width: 100%; table-layout: fixed; }
table.panel tr > :nth-child(1) { width: 22%; } table.panel tr > :nth-child(2) { width: 11%; }
table.panel tr > :nth-child(4), table.panel tr > :nth-child(5),
table.panel tr > :nth-child(6) { width: 9%; }
.checks .muted { white-space: nowrap; }
.listener + .listener { margin-top: 1rem; }
.bar { display: flex; height: 1rem; margin: .4rem 0; background: var(--unknown-bg);
  border-radius: .25rem; overflow: hidden; }
.bar span { min-width: 3px; border-right: 1px solid var(--panel); }
.bar .s-failed { flex: 1; }
.stages { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .92rem; }
.key { display: inline-block; width: .9em; height: .9em; margin-right: .45em; border-radius: .2em;
  vertical-align: -.08em; }
.s-resolve, .s-proxy, .s-session { background: var(--muted); }
.s-tcp { background: var(--c1); } .s-tls { background: var(--c4); }
.s-upgrade, .s-suback { background: var(--c2); } .s-connack, .s-delivery { background: var(--c3); }
.s-failed { background: repeating-linear-gradient(45deg, var(--lost) 0 3px,
  var(--bad-bg) 3px 6px); }
.plot { display: grid; grid-template-columns: 4.6rem 1fr; margin-top: .7rem; }
.plot svg { width: 100%; height: 11rem; display: block; overflow: visible; }
.plot .y { position: relative; font-size: .8rem; color: var(--muted); }
.plot .y span { position: absolute; right: .6rem; transform: translateY(-50%);
  white-space: nowrap; }
.lane { margin-top: .3rem; } .plot:not(.lane) + .lane { margin-top: 1rem; }
.lane svg { height: 1.1rem; }
.lane .y span { position: static; display: block; transform: none; padding-right: .6rem;
  text-align: right; line-height: 1.2rem; }
.x { display: flex; justify-content: space-between; margin: .2rem 0 .6rem 4.6rem;
  font-size: .8rem; color: var(--muted); }
.grid { stroke: var(--line); } .plot svg * { vector-effect: non-scaling-stroke; }
.band { fill: var(--c1); opacity: .22; }
.p50 { fill: none; stroke: var(--c1); stroke-width: 2; }
.p99 { fill: none; stroke: var(--c4); stroke-width: 1.5; stroke-dasharray: 5 3; }
.lost { fill: var(--lost); opacity: .45; }
.pass { fill: var(--c3); } .fail { fill: var(--lost); }
.k-p50 { background: linear-gradient(var(--c1), var(--c1)) center / 100% 2px no-repeat; }
.k-p99 { background: repeating-linear-gradient(90deg, var(--c4) 0 4px, transparent 4px 6px)
  center / 100% 2px no-repeat; }
.k-lost { background: var(--lost); opacity: .45; } .k-fail { background: var(--lost); }
.k-band { background: var(--c1); opacity: .35; }
.k-pass { background: linear-gradient(var(--c3), var(--c3)) bottom / 100% 45% no-repeat; }
.events li { display: grid; grid-template-columns: 4.8rem 1fr; position: relative;
  padding: .3rem 0 .3rem 1.1rem; border-left: 2px solid var(--line); margin-left: .4rem; }
.events li::before { content: ""; position: absolute; left: -.42rem; top: .7rem; width: .7rem;
  height: .7rem; border-radius: 50%; background: var(--fg); border: 2px solid var(--panel); }
.events li.bad::before { border-radius: 0; } .events li.notice::before { border-radius: 0;
  transform: rotate(45deg); }
.events pre { margin: .3rem 0 0; overflow-x: auto; font-size: .8rem; color: var(--muted); }
.events time { color: var(--muted); font-variant-numeric: tabular-nums; }
.facts { display: grid; gap: .5rem 1.2rem;
  grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
dt { color: var(--muted); font-size: .88rem; } dd { margin: 0; }
footer { margin: 2rem 0 1rem; } footer li { margin-top: .2rem; }
footer ul { columns: 22rem 2; }
@media (max-width: 45rem) {
  body { padding: .7rem; }
  table.panel thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px;
    overflow: hidden; }
  table.panel tbody, table.panel tr, table.panel th, table.panel td { display: block;
    width: auto !important; border: 0; padding: 0; }
  table.panel tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  table.panel tr:last-child { border-bottom: 0; }
  table.panel td::before { content: attr(data-label) " "; color: var(--muted); }
  .plot { grid-template-columns: 3.6rem 1fr; } .plot .y span { right: .4rem; }
  .x { margin-left: 3.6rem; } .lane .y span { padding-right: .4rem; font-size: .75rem; }
}
)";

}  // namespace vitals
