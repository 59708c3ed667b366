/// What `--version`, hellos and `brigade_build_info` say.
package let brigadeVersion = "0.1.0"
