export ACLOCAL_PATH=/usr/share/aclocal;
export CMAKE_PREFIX_PATH=/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2:/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony:/store/linux-x86_64_v3/gcc-runtime-12.2.0-ivkcqei573huorr7p7p5n3byaqtylhuj;
export MANPATH=/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2/share/man:/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony/man:/usr/share/man:;
export PATH=/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2/bin:/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony/bin:/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2/bin:/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin;
export PKG_CONFIG_PATH=/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2/lib/pkgconfig:/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony/lib/pkgconfig:/usr/share/pkgconfig:/usr/lib/pkgconfig;
export SPACK_LOADED_HASHES=vjysts6ejbulpsgdgak6vvjrf5vrvony:y55zlnez2pbnh7jsw4q45p6oexi64ya2;
