# Sourced by run.sh and test.sh: finds the .NET 10 SDK, or says how to install it and ends.
# shellcheck shell=bash

export DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_NOLOGO=1
export DOTNET_CLI_UI_LANGUAGE=en

say_how_to_install_the_sdk() {
  cat >&2 <<'TEXT'
The .NET 10 SDK is needed and was not found. To install it:

  Ubuntu 24.04 and later:
      sudo apt-get update
      sudo apt-get install -y dotnet-sdk-10.0
    Where apt-get does not know that package, first:
      sudo add-apt-repository -y ppa:dotnet/backports

  Debian 12 and 13, from Microsoft's package feed:
      . /etc/os-release
      wget https://packages.microsoft.com/config/debian/$VERSION_ID/packages-microsoft-prod.deb
      sudo dpkg -i packages-microsoft-prod.deb
      sudo apt-get update
      sudo apt-get install -y dotnet-sdk-10.0

  Any other Linux, or without root:
      wget https://dot.net/v1/dotnet-install.sh
      bash dotnet-install.sh --channel 10.0
      export PATH="$HOME/.dotnet:$PATH"

Then start this script again.
TEXT
}

need_sdk() {
  # An SDK that was unpacked to its usual place need not be on the PATH.
  if ! command -v dotnet >/dev/null 2>&1 && [ -x "$HOME/.dotnet/dotnet" ]; then
    export PATH="$HOME/.dotnet:$PATH" DOTNET_ROOT="$HOME/.dotnet"
  fi
  if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    say_how_to_install_the_sdk
    exit 1
  fi
}
