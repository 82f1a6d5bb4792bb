# Sets author_path to a path as an author writes it: below the home folder where it begins with a tilde.
read_author_path() {
  # shellcheck disable=SC2088 # a tilde that an author wrote
  case $1 in
  "~") author_path=$HOME ;;
  "~/"*) author_path=$HOME/${1#??} ;;
  *) author_path=$1 ;;
  esac
}

# Into a folder as an author writes it, relative to the home folder. No relative cd: CDPATH would lead it elsewhere.
enter() {
  read_author_path "$1"
  case $author_path in
  /*) cd -- "$author_path" || return 1 ;;
  *) cd -- "$HOME/$author_path" || return 1 ;;
  esac
}
