#pragma once

#include <filesystem>
#include <string>

namespace pigeon::test {

/// A folder that goes away with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The names of a certificate and its private key.
struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// Writes a new self-signed P-256 certificate for 127.0.0.1 with this serial number over whatever
/// is in the files.
void write_certificate(const CertificateFiles& files, long serial);

}  // namespace pigeon::test
