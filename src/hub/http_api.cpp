#include "hub/http_api.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "hub/metrics.hpp"
#include "hub/peer_lists.hpp"
#include "hub/status.hpp"
#include "hub/status_assets.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"

namespace pigeon::hub {

namespace {

using wire::JsonObjectWriter;

constexpr std::string_view json_type = "application/json; charset=utf-8";

/// What a route needs to answer.
struct Call {
  const HttpRequest& request;
  const View& view;
  Random& random;
};

SendResponse respond(const HttpRequest& request, const View& view, std::uint16_t status,
                     std::string_view content_type, std::string body) {
  SendResponse response{
      .connection = request.connection, .status = status, .headers = {}, .body = std::move(body)};
  response.headers = cors_fields(view.options);
  response.headers.emplace_back("Content-Type", content_type);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

SendResponse respond_json(const HttpRequest& request, const View& view, std::string body) {
  return respond(request, view, 200, json_type, std::move(body));
}

SendResponse respond_error(const HttpRequest& request, const View& view, std::uint16_t status,
                           std::string_view error) {
  JsonObjectWriter body;
  body.text("error", error);
  return respond(request, view, status, json_type, body.finish());
}

SendResponse health(const Call& call) {
  SendResponse response = respond(call.request, call.view, call.view.is_draining ? 503 : 200,
                                  json_type, health_json(call.view));
  if (call.view.is_draining) response.headers.push_back(retry_after_drain(call.view.options));
  return response;
}

SendResponse hubs(const Call& call) {
  JsonObjectWriter body;
  body.text("timestamp", wire::iso_timestamp(call.view.now.wall_ms));
  body.number("totalHubs", 0).raw("hubs", "[]");
  return respond_json(call.request, call.view, body.finish());
}

SendResponse signaling(const Call& call) {
  const std::string sample = call.random.id<PeerId>().to_text();
  return respond_json(call.request, call.view,
                      signaling_json(call.view, socket_url(call.request, call.view), sample));
}

SendResponse generate_peer_id(const Call& call) {
  const std::string id = call.random.id<PeerId>().to_text();
  return respond_json(call.request, call.view,
                      generated_id_json(call.view, socket_url(call.request, call.view), id));
}

SendResponse peers(const Call& call) {
  return respond_json(call.request, call.view, peers_json(call.view));
}

SendResponse metrics(const Call& call) {
  return respond(call.request, call.view, 200, "text/plain; version=0.0.4; charset=utf-8",
                 metrics_text(call.view));
}

SendResponse ready(const Call& call) {
  if (call.view.is_draining) {
    SendResponse response = respond_error(call.request, call.view, 503, "The hub is shutting down");
    response.headers.push_back(retry_after_drain(call.view.options));
    return response;
  }
  return respond_json(call.request, call.view, R"({"status":"ready"})");
}

SendResponse live(const Call& call) {
  return respond_json(call.request, call.view, R"({"status":"live"})");
}

SendResponse status(const Call& call) {
  std::string_view network;
  for (const auto& [name, value] : call.request.query) {
    if (name == "namespace") network = value;
  }
  return respond_json(call.request, call.view, status_json(call.view, network));
}

struct Route {
  std::string_view path;
  SendResponse (*answer)(const Call&);
};

constexpr std::array<Route, 9> routes = {{
    {"/health", health},
    {"/hubs", hubs},
    {"/signaling", signaling},
    {"/generate-peer-id", generate_peer_id},
    {"/peers", peers},
    {"/metrics", metrics},
    {"/readyz", ready},
    {"/livez", live},
    {"/status.json", status},
}};

/// Lower case, without slashes at the end.
std::string normal_path(std::string_view path) {
  std::string normal(path);
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  std::transform(normal.begin(), normal.end(), normal.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return normal;
}

SendResponse serve_asset(const Call& call, const StatusAsset& asset) {
  SendResponse response =
      respond(call.request, call.view, 200, asset.content_type, std::string(asset.content));
  // The page shows text from strangers: nothing may run or load but its own files.
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> cors_fields(const HubOptions& options) {
  return {{"Access-Control-Allow-Origin", options.cors_origin},
          {"Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
          {"Access-Control-Allow-Headers", "Content-Type, Authorization"}};
}

std::pair<std::string_view, std::string> retry_after_drain(const HubOptions& options) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.liveness.drain_window);
  return {"Retry-After", std::to_string(std::max<std::int64_t>(1, seconds.count()))};
}

SendResponse answer(const HttpRequest& request, const View& view, Random& random) {
  const std::string path = normal_path(request.path);
  const auto route = std::find_if(routes.begin(), routes.end(),
                                  [&](const Route& candidate) { return candidate.path == path; });
  const StatusAsset* asset = find_status_asset(path);
  if (request.method == "OPTIONS") return respond(request, view, 204, json_type, {});
  if (route == routes.end() && asset == nullptr) {
    return respond_error(request, view, 404, "There is nothing at this path");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    SendResponse response =
        respond_error(request, view, 405, "Only GET, HEAD and OPTIONS are allowed here");
    response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
    return response;
  }
  const Call call{request, view, random};
  return asset != nullptr ? serve_asset(call, *asset) : route->answer(call);
}

SendResponse too_many_requests(const HttpRequest& request, const View& view) {
  SendResponse response = respond_error(request, view, 429, "Rate limit exceeded");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace pigeon::hub
